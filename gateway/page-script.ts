/**
 * The page's only script: asks `/api/status` every few seconds and, when its digest has changed, takes
 * the changed parts from a fresh page, so that what is on the page is written in one place.
 */
export const SCRIPT = `
(() => {
  const every = 4000;
  const note = document.getElementById('fresh');
  const say = (text, stale) => { note.textContent = text; document.body.classList.toggle('stale', stale); };
  async function swap() {
    const answer = await fetch('/', { headers: { accept: 'text/html' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
    const main = document.querySelector('main');
    const ids = (root) => [...root.querySelectorAll('[data-part]')].map((part) => part.id).join();
    if (ids(main) !== ids(fresh)) main.replaceChildren(...fresh.childNodes);
    else for (const part of main.querySelectorAll('[data-part]')) {
      const next = fresh.querySelector('#' + CSS.escape(part.id));
      if (next.innerHTML !== part.innerHTML) part.replaceChildren(...next.childNodes);
    }
    main.dataset.digest = fresh.dataset.digest;
  }
  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch('/api/status');
      if (!answer.ok) throw new Error(String(answer.status));
      const status = await answer.json();
      if (status.digest !== document.querySelector('main').dataset.digest) await swap();
      say('Updated ' + status.at.slice(11, 19) + ' UTC', false);
    } catch {
      say('The gateway does not answer: this is what it last said', true);
    }
  }
  let timer;
  const loop = async () => { clearTimeout(timer); await look(); timer = setTimeout(loop, every); };
  timer = setTimeout(loop, every);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) loop(); });
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-copy]');
    if (!button) return;
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Select and copy by hand';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
})();
`;
