import type { WriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';

/** Exports on disk, below DATA_DIR/exports: readable by this process's user alone. */
@Injectable()
export class ExportFiles {
  constructor(private readonly config: Config) {}

  /** Folder and name of a finished export. */
  place(tenantId: string, id: string): { root: string; name: string } {
    return { root: this.folder(tenantId), name: `${id}.zip` };
  }

  /** Under another name until it is whole. */
  async begin(tenantId: string, id: string): Promise<WriteStream> {
    await mkdir(this.folder(tenantId), { recursive: true, mode: 0o700 });
    return (await open(this.part(tenantId, id), 'w', 0o600)).createWriteStream();
  }

  async finish(tenantId: string, id: string): Promise<void> {
    const { root, name } = this.place(tenantId, id);
    await rename(this.part(tenantId, id), join(root, name));
  }

  async remove(tenantId: string, id: string): Promise<void> {
    const { root, name } = this.place(tenantId, id);
    await Promise.all([join(root, name), this.part(tenantId, id)].map((file) => rm(file, { recursive: true, force: true })));
  }

  async removeAll(tenantId: string): Promise<void> {
    await rm(this.folder(tenantId), { recursive: true, force: true });
  }

  private folder(tenantId: string): string {
    return join(this.config.dataDir, 'exports', tenantId);
  }

  private part(tenantId: string, id: string): string {
    return join(this.folder(tenantId), `${id}.part`);
  }
}
