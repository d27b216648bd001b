/**
 * Waits until `isEnough` holds, or all works have ended. It is asked before the first and after each of them. Rejects as
 * soon as one rejects; what the others do after the answer is nobody's concern.
 */
export function untilEnough(works: readonly Promise<void>[], isEnough: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let ended = 0;
    if (works.length === 0 || isEnough()) resolve();
    const note = (): void => {
      ended++;
      if (ended === works.length || isEnough()) resolve();
    };
    for (const work of works) work.then(note, reject);
  });
}
