/** Where the console starts. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { Crash } from './app/Crash';
import { currentLanguage } from './i18n';
import { startTheme } from './ui/theme';
import './app/app.css';

document.documentElement.lang = currentLanguage();
startTheme();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Crash>
      <App />
    </Crash>
  </StrictMode>,
);
