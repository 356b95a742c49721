import { expect, it } from 'vitest';
import { Metrics } from './metrics.js';

it('reads a gauge when it is asked for, and leaves out what cannot be read just then', async () => {
  const metrics = new Metrics();
  let value = 1;
  metrics.gauge('plain', 'One number.', [], () => value);
  metrics.gauge('parts', 'By part.', ['part'], async () => [{ labels: { part: 'a' }, value }]);
  metrics.gauge('broken', 'Cannot be read.', [], () => {
    throw new Error('not now');
  });
  metrics.gauge('absent', 'Not known.', [], () => undefined);
  expect(await metrics.text()).toMatch(/^countersign_plain 1$/m);
  value = 2;
  const text = await metrics.text();
  expect(text).toMatch(/^countersign_plain 2$/m);
  expect(text).toMatch(/^countersign_parts\{part="a"\} 2$/m);
  expect(text).not.toMatch(/^countersign_(broken|absent) /m);
});
