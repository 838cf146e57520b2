package io.babble.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** A fixed number of threads that work on parts of one thing; the caller is one of them. */
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

    /** Works on parts 0 to {@code parts} − 1 side by side; returns their results in order when all are done. */
    <R> List<R> each(int parts, IntFunction<R> work) {
        List<Future<R>> others = new ArrayList<>();
        for (int part = 1; part < parts; part++) {
            int number = part;
            others.add(helpers.submit(() -> work.apply(number)));
        }
        List<R> results = new ArrayList<>();
        RuntimeException failure = null;
        try {
            results.add(work.apply(0));
        } catch (RuntimeException e) {
            failure = e;
        }
        boolean interrupted = false;
        for (Future<R> other : others) {
            // Half a step must not be: all end before anyone goes on, then the caller sees the interrupt.
            while (true) {
                try {
                    results.add(other.get());
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    failure = e.getCause() instanceof RuntimeException runtime
                            ? runtime
                            : new IllegalStateException(e.getCause());
                    break;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    @Override
    public void close() {
        helpers.shutdown();
    }
}
