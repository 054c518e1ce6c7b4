/** Goes over to another organisation of the same person; nothing when there is only one. Knows the session, no page. */
import { Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/organisation';
import { switchOrganisation } from '@/app/session/session';
import { toast } from '@/ui/toast';

export function OrganisationChoice() {
  const { t } = useTranslation();
  const { data: me } = useQuery({ ...meQuery, enabled: false });
  const change = useMutation({
    mutationFn: switchOrganisation,
    onError: () => toast(t('organisation_failed')),
  });
  if (me === undefined || me.organisations.length < 2) return null;
  return (
    <Select
      label={t('organisation')}
      data={me.organisations.map(({ org_id, name }) => ({ value: org_id, label: name }))}
      value={me.org_id}
      allowDeselect={false}
      disabled={change.isPending}
      comboboxProps={{ withinPortal: false }}
      onChange={(next) => {
        if (next !== null && next !== me.org_id) change.mutate(next);
      }}
    />
  );
}
