/** A page that stands alone, for whoever is not signed in: a card, and the choice of a language below. Knows no page. */
import type { CSSProperties, ReactNode } from 'react';
import classes from './BarePage.module.css';
import { Brand } from './Brand';
import { LanguageChoice } from './LanguageChoice';
import { OfflineBanner } from './OfflineBanner';

export function BarePage({ width, children }: { width: string; children: ReactNode }) {
  return (
    <div className={classes.page} style={{ '--width': width } as CSSProperties}>
      <OfflineBanner />
      <main className={classes.card}>
        <Brand />
        {children}
      </main>
      <footer className={classes.foot}>
        <LanguageChoice />
      </footer>
    </div>
  );
}
