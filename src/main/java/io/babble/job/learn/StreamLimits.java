package io.babble.job.learn;

import io.babble.job.operator.Timers;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.text.Alphabet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps the open streams within the options: how many there are, how long they are without text, and how long a record
 * may wait for the rest of another one.
 */
final class StreamLimits {
    private final OpenStreams streams;
    private final StepSchedule schedule;
    private final Alphabet alphabet;
    private final Timers timers;
    private final Accounting accounting;
    private final Consumer<List<Dead>> dead;
    private final long maxPending;
    private final long idleMillis;

    /** @param dead receives the bytes that are not UTF-8 */
    StreamLimits(
            Settings settings,
            OpenStreams streams,
            StepSchedule schedule,
            Alphabet alphabet,
            Timers timers,
            Accounting accounting,
            Consumer<List<Dead>> dead) {
        this.streams = streams;
        this.schedule = schedule;
        this.alphabet = alphabet;
        this.timers = timers;
        this.accounting = accounting;
        this.dead = dead;
        maxPending = settings.get(Options.PENDING_MAX);
        idleMillis = settings.get(Options.STREAMS_IDLE_TIMEOUT).toMillis();
    }

    /** Ends the least recently used streams until as many are open as may be. */
    void evict() throws Exception {
        dead.accept(streams.evict(alphabet, timers.now(), timers.wallTime()));
    }

    /** Whether the state is full of records that wait for the rest of others, which has no room to come. */
    boolean isBlocked() {
        return streams.pendingBytes() >= maxPending && streams.isWaiting() && !schedule.hasText();
    }

    /** Lets the record that has waited longest follow now, within another one. */
    void giveUpOldest() throws Exception {
        dead.accept(streams.giveUpOldest(alphabet, timers.now()));
        accounting.recordSplit();
    }

    /** Lets all records follow: the rest of others will not come. */
    void giveUpAll() throws Exception {
        while (streams.isWaiting()) {
            giveUpOldest();
        }
    }

    /** Ends idle streams from time to time, and no longer lets records wait that have waited as long. */
    void startIdleTimeout() {
        schedule.every(Math.max(1, idleMillis / 10), this::endIdle);
    }

    private void endIdle() throws Exception {
        long time = timers.now() - idleMillis;
        dead.accept(streams.endIdleSince(time, alphabet, timers.now(), timers.wallTime()));
        while (streams.isWaitingSince(time)) {
            giveUpOldest();
        }
        schedule.schedule();
    }
}
