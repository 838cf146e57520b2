package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16})
    void everyPartIsWorkedOnOnceAndResultsAreInOrder(int count) {
        AtomicInteger worked = new AtomicInteger();
        try (Threads threads = new Threads(count)) {
            for (int parts = 1; parts <= 40; parts++) {
                List<Integer> squares = threads.each(parts, part -> {
                    worked.incrementAndGet();
                    return part * part;
                });

                assertThat(squares)
                        .isEqualTo(IntStream.range(0, parts)
                                .map(part -> part * part)
                                .boxed()
                                .toList());
            }
        }
        assertThat(worked).hasValue(40 * 41 / 2);
    }

    @Test
    void partsAreWorkedOnSideBySide() {
        CountDownLatch both = new CountDownLatch(2);
        try (Threads threads = new Threads(2)) {
            assertThat(threads.each(2, part -> {
                        both.countDown();
                        return await(both);
                    }))
                    .containsExactly(true, true);
        }
    }

    /** Longer pauses than a thread looks for work before it sleeps. */
    @Test
    void threadsThatSleepAreWoken() {
        try (Threads threads = new Threads(2)) {
            for (int i = 0; i < 5; i++) {
                CountDownLatch both = new CountDownLatch(2);
                LockSupport.parkNanos(20_000_000);
                assertThat(threads.each(2, part -> {
                            both.countDown();
                            return await(both);
                        }))
                        .containsExactly(true, true);
            }
        }
    }

    @Test
    void theyEndWhenClosed() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (Threads threads = new Threads(3)) {
            threads.each(3, part -> part);
        }
        Awaitility.await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("babble-compute") && !before.contains(thread)));
    }

    @Test
    void aFailureReachesTheCallerWhenAllPartsHaveEnded() {
        AtomicInteger ended = new AtomicInteger();
        try (Threads threads = new Threads(2)) {
            assertThatThrownBy(() -> threads.each(8, part -> {
                        ended.incrementAndGet();
                        if (part == 3) {
                            throw new IllegalStateException("part 3");
                        }
                        return part;
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("part 3");
            assertThat(ended).hasValue(8);
        }
    }

    @Test
    void anInterruptIsSeenWhenAllPartsHaveEnded() {
        try (Threads threads = new Threads(2)) {
            CountDownLatch both = new CountDownLatch(2);
            Thread caller = Thread.currentThread();
            caller.interrupt();
            assertThat(threads.each(2, part -> {
                        both.countDown();
                        if (Thread.currentThread() != caller) {
                            LockSupport.parkNanos(20_000_000);
                        }
                        return Thread.currentThread() == caller || await(both);
                    }))
                    .containsExactly(true, true);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }
}
