/** CodeMirror's own words in the reader's language. Knows the words; never where they stand. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export function usePhrases(): Readonly<Record<string, string>> {
  const { t } = useTranslation('text');
  return useMemo(
    () => ({
      Find: t('find.find'),
      Replace: t('find.replace_with'),
      next: t('find.next'),
      previous: t('find.previous'),
      all: t('find.all'),
      'match case': t('find.case'),
      regexp: t('find.regexp'),
      'by word': t('find.word'),
      replace: t('find.replace'),
      'replace all': t('find.replace_all'),
      close: t('find.close'),
      'current match': t('find.current'),
      'on line': t('find.on_line'),
      'replaced match on line $': t('find.replaced'),
      'replaced $ matches': t('find.replaced_all'),
      'Go to line': t('find.go_to_line'),
      go: t('find.go'),
      Completions: t('completions'),
      Diagnostics: t('diagnostics'),
      'No diagnostics': t('none'),
      'Fold line': t('fold.line'),
      'Unfold line': t('fold.unline'),
      'folded code': t('fold.folded'),
      unfold: t('fold.unfold'),
      to: t('fold.to'),
      'Folded lines': t('fold.lines'),
      'Unfolded lines': t('fold.unlines'),
      'Control character': t('control'),
      'Selection deleted': t('deleted'),
    }),
    [t],
  );
}
