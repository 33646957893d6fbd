/** What a question answered in time, or `otherwise`: a driver that hangs must not keep the node from starting. */
export function withDeadline<Value>(question: Promise<Value>, milliseconds: number, otherwise: Value): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Value>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), milliseconds);
  });
  const asked = question.catch(() => otherwise);
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
