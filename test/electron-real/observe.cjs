/**
 * Loaded before the app by `electron --require`, where there is a real Electron: prints what the app does outside its page, and
 * lets a test do what a person or the system does there. The same words and controls as the stand-in's (controls.ts), so that
 * the same tests run on both.
 */
const { app, BrowserWindow, dialog, Menu, Notification, powerMonitor, shell, Tray } = require('electron');

const seen = (what) => console.log(`seen: ${what}`);
const answers = [];
const menus = new Set();
const notifications = [];

/** Calls `after` with what a method was called on and with, once it has done what it does. */
function after(prototype, name, then) {
  const original = prototype[name];
  prototype[name] = function (...given) {
    const result = original.apply(this, given);
    then(this, ...given);
    return result;
  };
}

after(BrowserWindow.prototype, 'show', () => seen('window shown'));
after(BrowserWindow.prototype, 'hide', () => seen('window hidden'));
after(Tray.prototype, 'setContextMenu', (_tray, menu) => {
  menus.add(menu);
  seen('tray shown');
});
after(Tray.prototype, 'destroy', () => seen('tray gone'));
after(Menu, 'setApplicationMenu', (_menu, menu) => menus.add(menu));
after(Notification.prototype, 'show', (notification) => {
  notifications.push(notification);
  seen(`notified ${notification.title}`);
});

// What would wait for a person, or open another program, is said instead.
dialog.showMessageBox = async (...given) => {
  const { message, buttons = [] } = given.at(-1);
  seen(`asked ${message}`);
  return { response: buttons.indexOf(answers.shift()), checkboxChecked: false };
};
dialog.showOpenDialog = async () => {
  seen('asked for a folder');
  const chosen = answers.shift();
  return { canceled: chosen === undefined, filePaths: chosen === undefined ? [] : [chosen] };
};
shell.openExternal = async (url) => seen(`opened ${url}`);
shell.openPath = async (path) => {
  seen(`opened path ${path}`);
  return '';
};

function press(label) {
  const items = [...menus].flatMap((menu) => menu?.items ?? []);
  const item = items.flatMap((one) => [one, ...(one.submenu?.items ?? [])]).find((one) => one.label === label);
  if (item === undefined) throw new Error(`There is no item "${label}"`);
  item.click();
}

const power = { battery: false, idle: 0 };
powerMonitor.isOnBatteryPower = () => power.battery;
powerMonitor.getSystemIdleTime = () => power.idle;

function changePower({ onBattery = power.battery, idleSeconds = power.idle }) {
  const changed = onBattery !== power.battery;
  Object.assign(power, { battery: onBattery, idle: idleSeconds });
  if (changed) powerMonitor.emit(onBattery ? 'on-battery' : 'on-ac');
}

const controls = {
  'close-window': () => {
    for (const window of BrowserWindow.getAllWindows()) window.close();
  },
  press: ({ label }) => press(label),
  answer: ({ label }) => answers.push(label),
  'click-notification': () => notifications.at(-1)?.emit('click'),
  suspend: () => powerMonitor.emit('suspend'),
  resume: () => powerMonitor.emit('resume'),
  power: changePower,
  'second-start': ({ args }) => app.emit('second-instance', {}, args),
  'open-url': ({ url }) => app.emit('open-url', { preventDefault: () => undefined }, url),
};

process.on('message', (control) => controls[control.do]?.(control));
