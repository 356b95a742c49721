import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectedClient } from './connected-client.fixture.js';

describe('attachments', () => {
  let client: ConnectedClient;
  beforeAll(async () => {
    client = await ConnectedClient.start();
  });
  afterAll(() => client.stop());

  const pdf = '%PDF-1.7 \u00e9\r\n--not-a-boundary\r\n';
  function upload(parts: { metadata?: unknown; name: string; type: string }[]) {
    const form = new FormData();
    parts.forEach(({ metadata, name, type }, index) => {
      const number = String(index + 1).padStart(2, '0');
      if (metadata)
        form.append(`file_metadata_${number}`, new Blob([JSON.stringify(metadata)], { type: 'application/json' }), 'metadata.json');
      form.append(`file_content_${number}`, new Blob([pdf], { type }), name);
    });
    return client.call('POST', '/upload', form);
  }
  const linkTo = (value: string) => ({ AttachableRef: [{ EntityRef: { type: 'Invoice', value } }] });

  it('stores files with their links and finds them by target', async () => {
    const invoice = await client.invoice('A-1', 1);
    const [one] = (await upload([{ metadata: linkTo(invoice.Id), name: 'A-1.pdf', type: 'application/pdf' }])).body.AttachableResponse;
    expect(one?.Attachable).toMatchObject({ FileName: 'A-1.pdf', ContentType: 'application/pdf', Size: Buffer.byteLength(pdf) });
    const text = `select * from Attachable where AttachableRef.EntityRef.Type = 'invoice' and AttachableRef.EntityRef.value = '${invoice.Id}'`;
    expect((await client.query(text)).body.QueryResponse.Attachable).toMatchObject([{ Id: one?.Attachable.Id }]);
    const [shown] = await (await fetch(`${client.sandbox.url}/_sandbox/documents?number=A-1`)).json();
    expect(shown._attachments).toMatchObject([{ FileName: 'A-1.pdf', _sha256: createHash('sha256').update(pdf).digest('hex') }]);
  });

  it('refuses single files inside a 200', async () => {
    const invoice = await client.invoice('A-2', 1);
    const answer = await upload([
      { metadata: linkTo('99999'), name: 'a.pdf', type: 'application/pdf' },
      { metadata: linkTo(invoice.Id), name: 'b.zip', type: 'application/zip' },
      { metadata: linkTo(invoice.Id), name: 'c.pdf', type: 'application/pdf' },
    ]);
    expect(answer.status).toBe(200);
    const [lost, zip, good] = answer.body.AttachableResponse;
    expect(lost?.Fault?.Error[0]?.code).toBe('6000');
    expect(zip?.Fault?.Error[0]?.code).toBe('6000');
    expect(good?.Attachable.FileName).toBe('c.pdf');
  });

  it('gives the bytes back at an address that runs out', async () => {
    const [one] = (await upload([{ name: 'free.pdf', type: 'application/pdf' }])).body.AttachableResponse;
    const address = (await client.get(`/download/${one?.Attachable.Id}`)).text;
    expect(await (await fetch(address)).text()).toBe(pdf);
    client.sandbox.clock.advance(16 * 60_000);
    expect((await fetch(address)).status).toBe(403);
  });

  it('links an unlinked file by an update and deletes it', async () => {
    const invoice = await client.invoice('A-3', 1);
    const [late] = (await upload([{ name: 'late.pdf', type: 'application/pdf' }])).body.AttachableResponse;
    const linked = await client.create('Attachable', { ...late?.Attachable, ...linkTo(invoice.Id), sparse: true });
    expect(linked).toMatchObject({ SyncToken: '1', Size: Buffer.byteLength(pdf), AttachableRef: [{ IncludeOnSend: false }] });
    const gone = await client.post('/attachable?operation=delete', { Id: linked.Id, SyncToken: '1' });
    expect(gone.body.Attachable.status).toBe('Deleted');
  });
});
