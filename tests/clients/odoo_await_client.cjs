// odoo-await: XML-RPC from JavaScript, where numbers, dates and None take other ways than in Python.
'use strict';
const assert = require('node:assert');
const Odoo = require('odoo-await');

const { URL: address, DB: db, LOGIN: username, PASSWORD: password } = process.env;
const { protocol, hostname, port } = new URL(address);
const connect = (secret) => new Odoo({ baseUrl: `${protocol}//${hostname}`, port: Number(port), db, username, password: secret });

(async () => {
  await assert.rejects(connect('wrong').connect());
  const odoo = connect(password);
  assert((await odoo.connect()) > 0);

  const project = await odoo.create('project.project', { name: 'Awaited', date_start: '2030-01-01', date: '2030-12-31' });
  const tag = await odoo.create('project.tags', { name: 'awaited' });
  const task = await odoo.create('project.task', { name: 'One', project_id: project, tag_ids: { action: 'add', id: tag } });
  const second = await odoo.create('project.task', { name: 'Two', project_id: project });

  const [row] = await odoo.read('project.task', [task], ['name', 'project_id', 'tag_ids', 'parent_id', 'active']);
  assert.deepStrictEqual(row, { id: task, name: 'One', project_id: [project, 'Awaited'], tag_ids: [tag], parent_id: false, active: true });
  assert.strictEqual(await odoo.update('project.task', task, { allocated_hours: 1.5, priority: '1' }), true);
  const found = await odoo.searchRead('project.task', { project_id: project, priority: '1' }, ['allocated_hours']);
  assert.deepStrictEqual(found, [{ id: task, allocated_hours: 1.5 }]);
  const ids = await odoo.search('project.task', [['project_id', '=', project]]);
  assert.deepStrictEqual(ids.sort((a, b) => a - b), [task, second]);

  await odoo.createExternalId('project.task', task, 'awaited_task');
  const named = await odoo.readByExternalId('awaited_task', ['name']);
  assert.strictEqual(named.name, 'One');
  await odoo.updateByExternalId('awaited_task', { name: 'Uno' });
  assert.strictEqual((await odoo.read('project.task', [task], ['name']))[0].name, 'Uno');

  await assert.rejects(odoo.update('project.task', 2000000000, { name: 'x' }), /does not exist or has been deleted/);
  await assert.rejects(odoo.update('project.project', project, { date: '2029-01-01' }), /start date must be before its end date/);

  await odoo.deleteByExternalId('awaited_task');
  assert.strictEqual(await odoo.delete('project.task', second), true);
  assert.strictEqual(await odoo.delete('project.project', project), true);
  assert.strictEqual(await odoo.delete('project.tags', tag), true);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
