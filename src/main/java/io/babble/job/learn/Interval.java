package io.babble.job.learn;

import io.babble.model.LearnedWindow;
import io.babble.text.Bytes;
import io.babble.text.Utf8;
import io.babble.text.Window;

/** What happened since the last report. */
final class Interval {
    private final long begin;
    private double bits;
    private long bytes;
    private long characters;
    private long steps;
    private long nanos;
    private double lagMillis = Double.NaN;
    private LearnedWindow newest;
    private Window newestWindow;

    /** @param begin now, ms */
    Interval(long begin) {
        this.begin = begin;
    }

    void add(Window window, LearnedWindow learned, long stepNanos, double stepLagMillis) {
        if (!learned.step().skipped()) {
            bits += learned.textBits();
            bytes += learned.textTargets();
            characters += characters(window);
        }
        steps++;
        nanos += stepNanos;
        lagMillis = stepLagMillis;
        newest = learned;
        newestWindow = window;
    }

    boolean isEmpty() {
        return steps == 0;
    }

    double bitsPerByte() {
        return bits / bytes;
    }

    double bitsPerCharacter() {
        return bits / characters;
    }

    double stepMillis() {
        return nanos / 1e6 / steps;
    }

    double symbolsPerSecond(long now) {
        return bytes * 1e3 / (now - begin);
    }

    /** From the oldest record's Kafka timestamp to the end of the last step. */
    double lagMillis() {
        return lagMillis;
    }

    LearnedWindow newest() {
        return newest;
    }

    Window newestWindow() {
        return newestWindow;
    }

    private static long characters(Window window) {
        long count = 0;
        for (int target : window.targets()) {
            if (target != Bytes.END_OF_TEXT && Utf8.beginsCharacter(target)) {
                count++;
            }
        }
        return count;
    }
}
