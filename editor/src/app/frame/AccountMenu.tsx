/** Who is signed in, where, how it looks to them, and the way out. Knows the session; never a page. */
import { Popover, UnstyledButton } from '@mantine/core';
import { IconChevronUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { meQuery, useOrganisation } from '@/api/organisation';
import classes from './AccountMenu.module.css';
import { AccountPanel } from './AccountPanel';

export function AccountMenu() {
  const { t } = useTranslation();
  const { data: me } = useQuery({ ...meQuery, enabled: false });
  const { data: organisation } = useOrganisation();
  const who = me?.name || me?.email || '';
  return (
    <Popover position="top-start" width={272} shadow="lg" radius="lg" trapFocus>
      <Popover.Target>
        <UnstyledButton className={classes.button}>
          <span className="visually-hidden">{t('account')}</span>
          <span className={classes.avatar} aria-hidden>
            {(organisation?.name ?? who).slice(0, 1).toUpperCase()}
          </span>
          <span className={classes.words}>
            <strong>{organisation?.name}</strong>
            <small>{who}</small>
          </span>
          <IconChevronUp size={16} aria-hidden className={classes.chevron} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('account')}>
        <AccountPanel />
      </Popover.Dropdown>
    </Popover>
  );
}
