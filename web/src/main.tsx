import { render } from 'preact/compat';
import { createSessionKeeper } from './api/session.ts';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');
render(<App session={createSessionKeeper()} />, root);
