package io.babble.model.backend.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        try (Threads threads = new Threads(2)) {
            assertThat(meet(threads)).containsExactly(true, true);
        }
    }

    @Test
    void threadsThatSleepAreWoken() {
        Set<Thread> before = computing();
        try (Threads threads = new Threads(2)) {
            for (int i = 0; i < 5; i++) {
                assertThat(meet(threads)).containsExactly(true, true);
                Awaitility.await().until(() -> othersThan(before).allMatch(ThreadsTest::sleeps));
            }
        }
    }

    @Test
    void theyEndWhenClosed() {
        Set<Thread> before = computing();
        try (Threads threads = new Threads(3)) {
            threads.each(3, part -> part);
        }
        Awaitility.await().until(() -> othersThan(before).findAny().isEmpty());
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
                        boolean interrupted = Thread.interrupted();
                        both.countDown();
                        boolean met = await(both);
                        if (interrupted) {
                            caller.interrupt();
                        } else {
                            Awaitility.await().until(() -> sleeps(caller));
                        }
                        return met;
                    }))
                    .containsExactly(true, true);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** Works on two parts, each of which waits until both have begun; says whether they have. */
    private static List<Boolean> meet(Threads threads) {
        CountDownLatch both = new CountDownLatch(2);
        return threads.each(2, part -> {
            both.countDown();
            return await(both);
        });
    }

    private static Stream<Thread> othersThan(Set<Thread> before) {
        return computing().stream().filter(thread -> !before.contains(thread));
    }

    private static Set<Thread> computing() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("babble-compute"))
                .collect(Collectors.toSet());
    }

    private static boolean sleeps(Thread thread) {
        return thread.getState() == Thread.State.WAITING;
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }
}
