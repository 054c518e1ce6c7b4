/** The navigation at the lower edge of a phone; what does not fit is behind "more". Knows the places only. */
import { Drawer, UnstyledButton } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { anyDeviceQuery } from '@/api/any-device';
import { AccountPanel } from './AccountPanel';
import { AlertBadge } from './AlertBadge';
import classes from './BottomNav.module.css';
import { isInBar, PLACES } from './places';

export function BottomNav() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const path = useLocation({ select: (location) => location.pathname });
  const { data: hasSensors = false } = useQuery(anyDeviceQuery);
  const hidden = PLACES.filter((place) => !isInBar(place, hasSensors));
  return (
    <>
      <nav aria-label={t('navigation')} className={classes.bar}>
        {PLACES.filter((place) => isInBar(place, hasSensors)).map(({ to, name, icon: Icon }) => (
          <Link key={to} to={to} className={classes.link} activeProps={{ 'data-active': true }}>
            <Icon size={22} stroke={1.7} aria-hidden />
            <span>{t(`place.${name}`)}</span>
            {name === 'alerts' && <AlertBadge />}
          </Link>
        ))}
        <UnstyledButton
          className={classes.link}
          aria-expanded={open}
          aria-haspopup="dialog"
          data-active={hidden.some(({ to }) => path.startsWith(to)) || undefined}
          onClick={() => setOpen(true)}
        >
          <IconDots size={22} stroke={1.7} aria-hidden />
          <span>{t('more')}</span>
        </UnstyledButton>
      </nav>
      <Drawer
        opened={open}
        onClose={() => setOpen(false)}
        position="bottom"
        size="auto"
        radius="lg"
        title={t('more')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <nav aria-label={t('more')} className={classes.more}>
          {hidden.map(({ to, name, icon: Icon }) => (
            <Link key={to} to={to} className={classes.row} onClick={() => setOpen(false)}>
              <Icon size={22} stroke={1.7} aria-hidden />
              {t(`place.${name}`)}
            </Link>
          ))}
        </nav>
        <AccountPanel />
      </Drawer>
    </>
  );
}
