'use strict';
// A warm compiler: loads one soljson.js whose bytes have the given SHA-256, then answers one JSON line per JSON line.
//   node worker.js SOLJSON SHA256
// Request {"id", "input"}; answer {"id", "output"} or {"id", "error"}; the first line is {"version"} or {"error"}.
const crypto = require('crypto');
const fs = require('fs');
const Module = require('module');
const readline = require('readline');

const send = (message) => fs.writeSync(1, JSON.stringify(message) + '\n');
const writeAll = (message) => {
  const bytes = Buffer.from(JSON.stringify(message) + '\n');
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(1, bytes, at, bytes.length - at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
};

function load(path, expected) {
  const bytes = fs.readFileSync(path);
  const actual = crypto.createHash('sha256').update(bytes).digest('hex');
  if (actual !== expected) throw new Error(`checksum ${actual} instead of ${expected}`);
  const loaded = new Module(path);
  loaded.filename = path;
  loaded.paths = [];
  loaded._compile(bytes.toString('utf8'), path);
  // The compiler's run time installs handlers that would turn our own errors into its aborts.
  process.removeAllListeners('uncaughtException');
  process.removeAllListeners('unhandledRejection');
  return loaded.exports;
}

function bind(soljson) {
  const has = (name) => typeof soljson['_' + name] === 'function';
  const version = soljson.cwrap(has('solidity_version') ? 'solidity_version' : 'version', 'string', [])();
  const modern = !/^0\.[45]\./.test(version);
  const compile = has('solidity_compile')
    ? soljson.cwrap('solidity_compile', 'string', modern ? ['string', 'number', 'number'] : ['string', 'number'])
    : soljson.cwrap('compileStandard', 'string', ['string', 'number']);
  const reset = has('solidity_reset') ? soljson.cwrap('solidity_reset', null, []) : () => {};
  // No read callback (0): every source is in the input, and the compiler reads no file of this machine.
  return { version, run: (input) => { const output = modern ? compile(input, 0, 0) : compile(input, 0); reset(); return output; } };
}

let compiler;
try {
  compiler = bind(load(process.argv[2], process.argv[3]));
} catch (error) {
  send({ error: String(error && error.message || error) });
  process.exit(1);
}
send({ version: compiler.version });
readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  const { id, input } = JSON.parse(line);
  try {
    writeAll({ id, output: compiler.run(input) });
  } catch (error) {
    writeAll({ id, error: String(error && error.message || error) });
  }
});
