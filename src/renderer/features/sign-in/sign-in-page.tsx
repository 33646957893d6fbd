import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { thisComputer } from '../../../shared/model/remote-host.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { NotAMember } from '../../app/hosts/not-a-member.tsx';
import { TitleBar } from '../../app/title-bar.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyLine } from '../../ui/copy-line.tsx';
import { Logo } from '../../ui/logo.tsx';
import { Notice } from '../../ui/notice.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';

/** Takes the code out of the address, so that it is in no history and no screenshot. */
function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}

/** `/sign-in#code=…` signs in; without a code it says how to get a link. */
export function SignInPage() {
  const { client, choice } = useApi().host;
  const { from = '/' } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const cache = useQueryClient();
  const { mutate, isPending, isError, isSuccess, error } = useMutation({
    mutationFn: (code: string) => client.call('signIn', { body: { code } }),
    onSuccess: () => {
      cache.clear();
      router.history.replace(from);
    },
  });
  const taken = useRef(false);
  useEffect(() => {
    if (taken.current) return;
    taken.current = true;
    const code = takeCode();
    if (code !== null) mutate(code);
  }, [mutate]);
  const signsIn = isPending || isSuccess;

  return (
    <div className="grid h-full grid-rows-[36px_minmax(0,1fr)] bg-frame">
      <TitleBar bare />
      <main className="flex overflow-auto bg-canvas p-5">
        <section className="m-auto w-full max-w-110 rounded-[14px] border border-line-2 bg-surface p-7 shadow-1">
          <Logo size={28} />
          {choice === thisComputer ? (
            <>
              <h1 className="mt-5 text-20 font-strong">{signsIn ? 'Signing in' : 'Sign in to this host'}</h1>
              {signsIn ? (
                <p className="mt-2 row gap-2 text-14 text-ink-2" role="status">
                  <StateGlyph state="running" /> One moment.
                </p>
              ) : (
                <HowToSignIn failure={isError ? errorWords(error).what : null} />
              )}
            </>
          ) : (
            <NotAMember />
          )}
        </section>
      </main>
    </div>
  );
}

function HowToSignIn({ failure }: { failure: string | null }) {
  return (
    <>
      {failure !== null && (
        <Notice tone="fail" live className="mt-4">
          <b>{failure}</b> A link works once, for 10 minutes. The next one takes a second.
        </Notice>
      )}
      <p className="mt-2 text-14 text-ink-2">
        There is no password. Run this where the host runs, then open the link that it prints in this browser.
      </p>
      <CopyLine text="otherthing link" className="mt-4" />
      <p className="mt-4 text-12 text-ink-3">
        Somebody else's host? Ask an admin of your workspace for a link. The host also prints a fresh one every time it
        starts.
      </p>
      <Button className="mt-5" onClick={() => location.reload()}>
        I have opened the link
      </Button>
    </>
  );
}
