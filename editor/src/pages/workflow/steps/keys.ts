/** Keys by their names, such as `mod+shift+enter`: whether an event is one, and how people read it. Knows no deed. */

const APPLE = typeof navigator === 'object' && /Mac|iPhone|iPad/.test(navigator.userAgent);

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Signs that need Shift on some keyboards and not on others. */
const ANY_SHIFT = new Set(['+', '/']);

export function isKey(event: Pressed, name: string): boolean {
  const parts = name.split('+').filter(Boolean);
  const key = name.endsWith('+') ? '+' : (parts.at(-1) ?? '');
  const wants = (part: string) => parts.slice(0, key === '+' ? undefined : -1).includes(part);
  if (event.key.toLowerCase() !== key && !(key === 'space' && event.key === ' ')) return false;
  if ((event.ctrlKey || event.metaKey) !== wants('mod') || event.altKey !== wants('alt')) return false;
  return ANY_SHIFT.has(key) || event.shiftKey === wants('shift');
}

const SIGNS: Record<string, string> = {
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  enter: '↵',
  space: '␣',
};

/** `mod+d` as `Ctrl D`, or `⌘ D` on a Mac. */
export function keyWords(name: string): string {
  const key = name.endsWith('+') ? '+' : undefined;
  const parts = name.split('+').filter(Boolean);
  const said = parts.map((part) => {
    if (part === 'mod') return APPLE ? '⌘' : 'Ctrl';
    if (part === 'alt') return APPLE ? '⌥' : 'Alt';
    if (part === 'shift') return APPLE ? '⇧' : 'Shift';
    if (part === 'delete') return '⌦';
    return SIGNS[part] ?? part[0]?.toUpperCase() + part.slice(1);
  });
  return (key ? [...said, key] : said).join(' ');
}
