/**
 * Waits until `enough` of the works have answered true, or all have ended. Rejects as soon as one rejects; what the
 * others do after the answer is nobody's concern.
 */
export function untilEnough(works: readonly Promise<boolean>[], enough: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let [good, ended] = [0, 0];
    if (works.length === 0 || enough <= 0) resolve();
    const note = (isGood: boolean): void => {
      ended++;
      if (isGood) good++;
      if (good >= enough || ended === works.length) resolve();
    };
    for (const work of works) work.then(note, reject);
  });
}
