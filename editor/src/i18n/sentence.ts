/** What the server says begins small and ends without a stop, so that it can stand inside other sentences. */
export function sentence(words: string): string {
  const capital = words.charAt(0).toLocaleUpperCase() + words.slice(1);
  return /[.!?…»"]$/.test(capital) ? capital : `${capital}.`;
}
