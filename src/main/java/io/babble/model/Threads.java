package io.babble.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/**
 * A fixed number of threads that work on parts of one thing; the caller is one of them. Whoever is free takes the next part, so that
 * nobody waits for a thread that the machine has given to others.
 */
final class Threads implements AutoCloseable {
    private final int count;
    private final ExecutorService helpers;

    /**
     * Starts them when they are first needed.
     *
     * @param count 0 means one for each processor that this JVM may use
     * @throws IllegalArgumentException if {@code count} is negative
     */
    Threads(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("The number of threads is 0 (all) or more, not " + count);
        }
        this.count = count == 0 ? Runtime.getRuntime().availableProcessors() : count;
        helpers = Executors.newFixedThreadPool(Math.max(1, this.count - 1), work -> {
            Thread thread = new Thread(work, "babble-compute");
            thread.setDaemon(true);
            return thread;
        });
    }

    int count() {
        return count;
    }

    /** Works on parts 0 to {@code parts} − 1, in any order and side by side; returns their results in order when all are done. */
    <R> List<R> each(int parts, IntFunction<R> work) {
        Job<R> job = new Job<>(parts, work);
        for (int helper = 1; helper < Math.min(parts, count); helper++) {
            helpers.execute(job);
        }
        job.run();
        return job.results();
    }

    @Override
    public void close() {
        helpers.shutdown();
    }

    private static final class Job<R> implements Runnable {
        /** Looks at the last parts of others before it sleeps, which costs more than most of them. */
        private static final int LOOKS = 2000;

        private final int parts;
        private final IntFunction<R> work;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReferenceArray<R> results;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final CountDownLatch left;

        Job(int parts, IntFunction<R> work) {
            this.parts = parts;
            this.work = work;
            results = new AtomicReferenceArray<>(parts);
            left = new CountDownLatch(parts);
        }

        @Override
        public void run() {
            for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
                try {
                    results.set(part, work.apply(part));
                } catch (RuntimeException | Error e) {
                    failure.set(e);
                } finally {
                    left.countDown();
                }
            }
        }

        /** Half a step must not be: all parts end before anyone goes on, then the caller sees the interrupt. */
        List<R> results() {
            for (int look = 0; look < LOOKS && left.getCount() > 0; look++) {
                Thread.onSpinWait();
            }
            boolean interrupted = false;
            while (left.getCount() > 0) {
                try {
                    left.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure.get() instanceof Error error) {
                throw error;
            }
            if (failure.get() instanceof RuntimeException exception) {
                throw exception;
            }
            List<R> inOrder = new ArrayList<>();
            for (int part = 0; part < parts; part++) {
                inOrder.add(results.get(part));
            }
            return inOrder;
        }
    }
}
