/** The navigation beside the page, on wide screens. Knows the places; never what is there. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AccountMenu } from './AccountMenu';
import { AlertBadge } from './AlertBadge';
import { Brand } from './Brand';
import { PLACES } from './places';
import classes from './SideNav.module.css';

export function SideNav() {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('navigation')} className={classes.side}>
      <Link to="/workflows" className={classes.brand} aria-label={t('home')}>
        <Brand />
      </Link>
      <div className={classes.nav}>
        {PLACES.map(({ to, name, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            className={classes.link}
            activeProps={{ 'data-active': true }}
            title={t(`place.${name}`)}
          >
            <Icon size={20} stroke={1.7} aria-hidden />
            <span>{t(`place.${name}`)}</span>
            {name === 'alerts' && <AlertBadge />}
          </Link>
        ))}
      </div>
      <div className={classes.foot}>
        <AccountMenu />
      </div>
    </nav>
  );
}
