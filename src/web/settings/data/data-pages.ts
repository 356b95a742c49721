import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { may } from '../../../domain/role.js';
import { Members } from '../../../identity/members.js';
import type { Caller } from '../../../identity/caller.js';
import { ContentKeeping, type ContentPreview } from '../../../lifecycle/content.js';
import { PersonErasure } from '../../../lifecycle/erasure/person-erasure.js';
import { TenantErasure } from '../../../lifecycle/erasure/tenant-erasure.js';
import { Exports } from '../../../lifecycle/export/exports.js';
import { Holds } from '../../../lifecycle/holds.js';
import { Retention, type DryRun } from '../../../lifecycle/retention.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Config } from '../../../platform/config/config.js';
import { SettingsPages, type SettingsProblem } from '../settings-pages.js';
import { contentPreviewView, dryRunView, exportFields, periodFields, runFields } from './data-presenter.js';
import type { PageAnswer } from '../../http/answers.js';
import type { DataPage } from './data-view.js';

export interface Shown {
  problem?: SettingsProblem;
  /** What was typed and not taken, or is only thought of. */
  policy?: DryRun['policy'];
  dryRun?: DryRun;
  typedHold?: DataPage['typedHold'];
  contentPreview?: ContentPreview;
}

type Body = Omit<DataPage, keyof Awaited<ReturnType<SettingsPages['frame']>>>;

/** The page "Data" with everything on it. */
@Injectable()
export class DataPages {
  constructor(
    private readonly pages: SettingsPages,
    private readonly retention: Retention,
    private readonly content: ContentKeeping,
    private readonly holds: Holds,
    private readonly exports: Exports,
    private readonly people: PersonErasure,
    private readonly tenants: TenantErasure,
    private readonly members: Members,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async view(request: Request, caller: Caller, shown: Shown = {}): Promise<PageAnswer> {
    const editable = may(caller, 'tenant.manage');
    const frame = await this.pages.frame(request, 'data', { editable, problem: shown.problem?.sentence });
    return this.pages.view(
      'data',
      { ...frame, ...(await this.body(caller, editable, shown)), tenantName: frame.shell.tenant.name },
      shown.problem?.status,
    );
  }

  private async body(caller: Caller, editable: boolean, shown: Shown): Promise<Omit<Body, 'tenantName'>> {
    const { tenantId } = caller;
    const [present, keepsContent, runs, holds, exports, certificates, erasure, members] = await Promise.all([
      this.retention.policy(tenantId),
      this.content.isKept(tenantId),
      this.retention.runs(tenantId),
      this.holds.list(tenantId),
      editable ? this.exports.list(tenantId) : [],
      editable ? this.people.list(tenantId) : [],
      this.tenants.open(tenantId),
      editable ? this.members.list(tenantId) : [],
    ]);
    const { problem, dryRun, contentPreview } = shown;
    return {
      keepsContent,
      ...(contentPreview && { contentPreview: contentPreviewView(contentPreview) }),
      ...periodFields(shown.policy ?? dryRun?.policy ?? present),
      problems: problem?.field === undefined ? {} : { [problem.field]: problem.sentence },
      ...(dryRun && { dryRun: dryRunView(dryRun, present) }),
      ...runFields(runs),
      holds: holds.map(({ id, subjectLabel, reason, setByLabel, setAt, liftedAt, liftedByLabel }) => ({
        id,
        subject: subjectLabel,
        reason,
        by: setByLabel,
        at: setAt.toISOString(),
        ...(liftedAt && { liftedAt: liftedAt.toISOString(), liftedBy: liftedByLabel ?? '' }),
      })),
      typedHold: shown.typedHold ?? { scope: 'invoice', subject: '', reason: '' },
      ...exportFields(exports, caller.actor.id, this.clock.now()),
      people: members
        .filter(({ personId }) => personId !== caller.personId)
        .map(({ personId, name, email }) => ({ id: personId, label: `${name} (${email})` })),
      certificates: certificates.map(({ id, subjectLabel, issuedAt }) => ({
        href: `/settings/data/certificates/${id}`,
        subject: subjectLabel,
        at: issuedAt.toISOString(),
      })),
      ...(erasure && {
        erasure: {
          at: erasure.notBefore.toISOString(),
          by: erasure.requestedByLabel,
          hasBegun: erasure.state === 'erasing',
          certificateHref: `${this.config.publicUrl}/certificates/${erasure.certificateId}`,
        },
      }),
      graceDays: this.config.erasureGraceDays,
    };
  }
}
