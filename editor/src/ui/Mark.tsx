/** A state in a word and a colour that says how it stands. Knows tones, never whose state it is. */
import classes from './Mark.module.css';

export type Tone = 'good' | 'wait' | 'bad' | 'info' | 'calm';

export function Mark({
  tone,
  children,
  pulse = false,
}: {
  tone: Tone;
  children: React.ReactNode;
  pulse?: boolean;
}) {
  return (
    <span className={classes.mark} data-tone={tone} data-pulse={pulse || undefined}>
      {children}
    </span>
  );
}
