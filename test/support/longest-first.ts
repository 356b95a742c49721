import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes longest, from the longest on. Begun last, one of them would run on beside an idle core; those that wait and those that
 * compute take turns, because two run at a time. Nothing else depends on the order.
 */
const LONGEST = [
  'journey/crash',
  'attack/idor',
  'attack/hostile-input',
  'journey/start',
  'medium/posting-faults',
  'browser/page-scripts',
  'medium/posting-crash',
  'journey/secrets-stay',
  'browser/first-approval',
  'browser/screens',
  'journey/tour',
  'journey/backup',
  'attack/open-redirect',
  'medium/posting-races',
  'journey/sign-in',
];

/** Where a file stands in the list; behind it all others, as they come. */
function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((file) => moduleId.endsWith(`test/${file}.spec.ts`));
  return place < 0 ? LONGEST.length : place;
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    return (await super.sort(files)).toSorted((a, b) => group(a) - group(b) || placeOf(a) - placeOf(b));
  }
}
