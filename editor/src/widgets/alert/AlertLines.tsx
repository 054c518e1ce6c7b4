/** Alerts as short lines for places with little room. Knows alerts' heads; never what can be done with them. */
import { Link } from '@tanstack/react-router';
import type { AlertView } from '@/api/sensors';
import { Ago } from '@/ui/Ago';
import classes from './alert.module.css';
import { AlertMark, LevelMark } from './LevelMark';
import { useAlertWords } from './words';

export function AlertLines({ alerts }: { alerts: readonly AlertView[] }) {
  const words = useAlertWords();
  return (
    <ul className={classes.list}>
      {alerts.map((alert) => (
        <li key={alert.id}>
          <span className={classes.head}>
            <Link to="/alerts/$alertId" params={{ alertId: alert.id }}>
              {words.title(alert)}
            </Link>
            <LevelMark level={alert.level} />
          </span>
          <span className={classes.head}>
            <span className={classes.about}>
              {words.value(alert) && `${words.value(alert)} · `}
              <Ago at={alert.since} />
            </span>
            {alert.state !== 'active' && <AlertMark state={alert.state} />}
          </span>
        </li>
      ))}
    </ul>
  );
}
