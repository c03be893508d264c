/** The steps that are offered, with the value in force among them: IT may have set one in between. */
export function withChosen(steps: readonly number[], chosen: number): number[] {
  return [...new Set([...steps, chosen])].sort((a, b) => a - b)
}
