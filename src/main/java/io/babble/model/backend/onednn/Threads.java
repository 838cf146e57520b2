package io.babble.model.backend.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * A fixed number of threads that run the parts of one job; the caller is one of them. A thread that is free takes the
 * next part, so that no part waits for a thread that the operating system has suspended.
 */
final class Threads implements AutoCloseable {
    /** Longer than the time between two jobs while training is not waiting for text. */
    private static final long SPIN_NANOS = 1_000_000;

    private final int count;
    private final List<Thread> helpers = new ArrayList<>();
    private volatile Job<?> newest = new Job<>(0, part -> part);
    private volatile boolean closed;

    /**
     * Threads are started when they are first needed.
     *
     * @param count number of threads; 0 means one for each processor of this JVM
     * @throws IllegalArgumentException if {@code count} is negative
     */
    Threads(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("The number of threads is 0 (all) or more, not " + count);
        }
        this.count = count == 0 ? Runtime.getRuntime().availableProcessors() : count;
    }

    int count() {
        return count;
    }

    /**
     * Runs parts 0 to {@code parts} − 1 concurrently, in any order; returns their results in order when all are done.
     */
    <R> List<R> each(int parts, IntFunction<R> work) {
        Job<R> job = new Job<>(parts, work);
        int needed = Math.min(parts, count) - 1;
        while (helpers.size() < needed) {
            startHelper();
        }
        newest = job;
        helpers.subList(0, needed).forEach(LockSupport::unpark);
        job.run();
        return job.results();
    }

    @Override
    public void close() {
        closed = true;
        helpers.forEach(LockSupport::unpark);
    }

    private void startHelper() {
        Thread thread = new Thread(this::help, "babble-compute");
        thread.setDaemon(true);
        thread.start();
        helpers.add(thread);
    }

    private void help() {
        while (!closed) {
            Job<?> job = newest;
            job.run();
            await(() -> closed || newest != job);
        }
    }

    /** Spins for a while before it parks: waking a thread takes longer than most parts. */
    @SuppressWarnings("ThreadPriorityCheck") // lets other threads run while this one spins
    private static void await(BooleanSupplier what) {
        long begin = System.nanoTime();
        boolean interrupted = false;
        while (!what.getAsBoolean()) {
            if (System.nanoTime() - begin < SPIN_NANOS) {
                Thread.yield();
            } else {
                LockSupport.park();
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Job<R> {
        private final int parts;
        private final IntFunction<R> work;
        private final Thread caller = Thread.currentThread();
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final AtomicReferenceArray<R> results;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Job(int parts, IntFunction<R> work) {
            this.parts = parts;
            this.work = work;
            results = new AtomicReferenceArray<>(parts);
        }

        void run() {
            for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
                try {
                    results.set(part, work.apply(part));
                } catch (RuntimeException | Error e) {
                    failure.set(e);
                } finally {
                    if (ended.incrementAndGet() == parts) {
                        LockSupport.unpark(caller);
                    }
                }
            }
        }

        /**
         * Returns only when all parts have ended, even if the caller is interrupted: a step must not be left half done.
         */
        List<R> results() {
            await(() -> ended.get() == parts);
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
