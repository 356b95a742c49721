/** Something only the operator can put right. Its message is the one sentence a person reads; no stack is shown for it. */
export class OneSentenceError extends Error {
  override name = 'OneSentenceError';
}
