/** Says whether what is shown follows by itself. Knows a line that is open or not. */
import { useTranslation } from 'react-i18next';
import { Mark } from '@/ui/Mark';

export function LiveMark({ open }: { open: boolean }) {
  const { t } = useTranslation('runs');
  return (
    <Mark tone={open ? 'good' : 'calm'} pulse={open}>
      {t(open ? 'live' : 'not_live')}
    </Mark>
  );
}
