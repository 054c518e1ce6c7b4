/** The widgets of a workflow's own fields: every value may be an expression. Knows names of widgets only. */
import { BASIC_WIDGETS } from '@/widgets/form/basic';
import type { Widget, WidgetMap } from '@/widgets/form/registry';
import { ConditionWidget } from '../condition/ConditionWidget';
import { ActionWidget, EventWidget, StepWidget, WorkflowWidget, ZoneWidget } from './ChoiceWidgets';
import { ConnectionWidget } from './ConnectionWidget';
import { CronWidget } from './CronWidget';
import { DaysWidget } from './DaysWidget';
import { DevicePlacesWidget, DevicesWidget, DeviceTagsWidget, MetricWidget } from './DeviceWidgets';
import { either } from './either';
import { MatchWidget } from './MatchWidget';
import { MoneyWidget, TextsWidget, TimeWidget } from './PlainWidgets';
import { AnyWidget } from './ShapesWidget';
import {
  CodeWidget,
  ContactWidget,
  ExpressionWidget,
  KeyWidget,
  ListExpressionWidget,
  MomentWidget,
  ScriptWidget,
  TemplateAreaWidget,
  TemplateWidget,
} from './TemplateWidgets';

const plain = (name: string): Widget => {
  const widget = BASIC_WIDGETS[name];
  if (!widget) throw new Error(`there is no widget ${name}`);
  return widget;
};

export const PANEL_WIDGETS: WidgetMap = {
  text: TemplateWidget,
  url: TemplateWidget,
  textarea: TemplateAreaWidget,
  html: TemplateAreaWidget,
  contact: ContactWidget,
  expression: ExpressionWidget,
  key: KeyWidget,
  list_expression: ListExpressionWidget,
  moment_expression: MomentWidget,
  condition: ConditionWidget,
  script: ScriptWidget,
  code: CodeWidget,
  connection: either(ConnectionWidget),
  duration: either(plain('duration')),
  number: either(plain('number')),
  select: either(plain('select')),
  switch: either(plain('switch')),
  money: either(MoneyWidget),
  list: either(plain('list')),
  fields: either(plain('fields')),
  json: either(AnyWidget),
  variables: either(AnyWidget),
  match: MatchWidget,
  action: ActionWidget,
  event: EventWidget,
  workflow: WorkflowWidget,
  step: StepWidget,
  zone: ZoneWidget,
  time: TimeWidget,
  cron: CronWidget,
  metric: MetricWidget,
  devices: DevicesWidget,
  device_tags: DeviceTagsWidget,
  device_places: DevicePlacesWidget,
  days: DaysWidget,
  texts: TextsWidget,
  /** What is never an expression. */
  plain_duration: plain('duration'),
  plain_list: plain('list'),
  plain_connection: ConnectionWidget,
  plain_money: MoneyWidget,
  plain_text: plain('text'),
  plain_number: plain('number'),
  plain_switch: plain('switch'),
  plain_select: plain('select'),
};
