/** The entries of the audit log that have words of their own. Pure; the words are in `settings.deed`. */
const DEEDS = {
  'connection.change': 'connection_change',
  'connection.delete': 'connection_delete',
  'connection.make': 'connection_make',
  'key.make': 'key_make',
  'key.revoke': 'key_revoke',
  'member.add': 'member_add',
  'member.change': 'member_change',
  'member.remove': 'member_remove',
  'organisation.change': 'organisation_change',
  'organisation.create': 'organisation_create',
  'push.subscribe': 'push_subscribe',
  'push.unsubscribe': 'push_unsubscribe',
  'record.change': 'record_change',
  'record.create': 'record_create',
  'record.delete': 'record_delete',
  'run.answer': 'run_answer',
  'run.cancel': 'run_cancel',
  'run.resolve': 'run_resolve',
  'run.retry': 'run_retry',
  'session.begin': 'session_begin',
  'session.end': 'session_end',
  'workflow.create': 'workflow_create',
  'workflow.delete': 'workflow_delete',
  'workflow.disable': 'workflow_disable',
  'workflow.enable': 'workflow_enable',
  'workflow.inputs': 'workflow_inputs',
  'workflow.publish': 'workflow_publish',
  'workflow.save': 'workflow_save',
} as const;

export function deedOf(action: string): (typeof DEEDS)[keyof typeof DEEDS] | undefined {
  return Object.hasOwn(DEEDS, action) ? DEEDS[action as keyof typeof DEEDS] : undefined;
}
