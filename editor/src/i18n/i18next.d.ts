/** Tells TypeScript every key there is, so that a missing one does not compile. Spanish is the first language. */
import 'i18next';
import type alerts from './es/alerts.json';
import type blocks from './es/blocks.json';
import type claim from './es/claim.json';
import type connections from './es/connections.json';
import type dashboard from './es/dashboard.json';
import type devices from './es/devices.json';
import type document from './es/document.json';
import type editor from './es/editor.json';
import type events from './es/events.json';
import type form from './es/form.json';
import type messages from './es/messages.json';
import type model from './es/model.json';
import type overlay from './es/overlay.json';
import type panel from './es/panel.json';
import type publish from './es/publish.json';
import type rehearsal from './es/rehearsal.json';
import type reports from './es/reports.json';
import type runs from './es/runs.json';
import type settings from './es/settings.json';
import type shell from './es/shell.json';
import type text from './es/text.json';
import type workflows from './es/workflows.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell';
    returnNull: false;
    resources: {
      alerts: typeof alerts;
      blocks: typeof blocks;
      claim: typeof claim;
      connections: typeof connections;
      dashboard: typeof dashboard;
      devices: typeof devices;
      document: typeof document;
      editor: typeof editor;
      events: typeof events;
      form: typeof form;
      messages: typeof messages;
      model: typeof model;
      overlay: typeof overlay;
      panel: typeof panel;
      publish: typeof publish;
      rehearsal: typeof rehearsal;
      reports: typeof reports;
      runs: typeof runs;
      settings: typeof settings;
      shell: typeof shell;
      text: typeof text;
      workflows: typeof workflows;
    };
  }
}
