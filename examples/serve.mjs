/** Serves examples/index.html on http://localhost:8000: browsers give pages opened as files no origin. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const page = join(import.meta.dirname, 'index.html');

createServer(async (request, response) => {
  if (request.url !== '/') {
    response.writeHead(404).end();
    return;
  }
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(await readFile(page));
}).listen(8000, '127.0.0.1', () => console.log('Open http://localhost:8000'));
