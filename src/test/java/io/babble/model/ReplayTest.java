package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.job.state.Golden;
import io.babble.text.Alphabet;
import io.babble.text.Window;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private static final int STEPS = 10;
    private static final int STATE = 3;
    private static final int LANES = 8;

    @Test
    void whatItReplaysWasLearnedInThatOrder() {
        Replay replay = replay(100_000);
        learnAll(replay, 0, 500);
        Set<Integer> first = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Window window = replay.next(STEPS, STATE).orElseThrow().window();
            assertThat(window.lanes()).isEqualTo(LANES);
            for (int at = 0; at < window.targets().length; at++) {
                assertThat(window.targets()[at]).isEqualTo((window.inputs()[at] + 1) % 251);
            }
            first.add(window.inputs()[0]);
        }
        assertThat(first).as("places that it jumps to").hasSizeGreaterThan(20);
        assertThat(replay.replayed()).isEqualTo(200 * STEPS * LANES);
    }

    /** A walker's state goes with it; where it jumps, it begins with zeros. */
    @Test
    void statesAreCarriedUntilAWalkerJumps() {
        Replay replay = replay(100_000);
        learnAll(replay, 0, 500);
        int carried = 0;
        int jumped = 0;
        int[] after = new int[LANES];
        for (int i = 0; i < 200; i++) {
            Replay.Batch batch = replay.next(STEPS, STATE).orElseThrow();
            for (int lane = 0; lane < LANES; lane++) {
                if (batch.states()[lane][0] == 0) {
                    jumped++;
                } else {
                    carried++;
                    assertThat(batch.window().inputs()[lane]).isEqualTo(after[lane]);
                }
                batch.states()[lane][0] = 1;
                after[lane] = batch.window().targets()[(STEPS - 1) * LANES + lane];
            }
        }
        assertThat(jumped).isBetween(160, 320);
        assertThat(carried).isEqualTo(200 * LANES - jumped);
    }

    @Test
    void keepsNoMoreThanItMay() throws IOException {
        Replay replay = replay(20_000);
        learnAll(replay, 0, 20_000);

        assertThat(bytes(replay)).hasSizeLessThan(2 * 20_000 + 1024);
        replay.limit(4_000, LANES);
        assertThat(bytes(replay)).hasSizeLessThan(2 * 4_000 + 1024);
        replay.limit(0, LANES);
        assertThat(replay.next(STEPS, STATE)).isEmpty();
        learnAll(replay, 0, 500);
        assertThat(replay.next(STEPS, STATE)).isEmpty();
    }

    @Test
    void manyStreamsTakeNoMoreRoom() throws IOException {
        Replay replay = replay(20_000);
        for (int stream = 0; stream < 5_000; stream++) {
            learn(replay, "stream " + stream, stream);
        }
        assertThat(bytes(replay)).hasSizeLessThan(2 * 20_000 + 256 * 32 + 12 * 20_000 / STEPS + 1024);
        assertThat(replay.next(STEPS, STATE)).isPresent();
    }

    /** Each stream's newest passage still grows; the capacity bounds them all. */
    @Test
    void passagesThatStillGrowCountToo() throws IOException {
        Replay replay = replay(1_000);
        for (int stream = 0; stream < 100; stream++) {
            for (int window = 0; window < 50; window++) {
                learn(replay, "stream " + stream, window);
            }
        }
        assertThat(bytes(replay)).hasSizeLessThan(2 * 1_000 + 100 * 16 + 1024);
        assertThat(replay.next(STEPS, STATE)).isPresent();
    }

    @Test
    void hasNothingAtFirst() {
        Replay replay = replay(20_000);
        assertThat(replay.next(STEPS, STATE)).isEmpty();
        learn(replay, "a", 0);
        assertThat(replay.next(STEPS, STATE))
                .as("a passage that has just begun")
                .isEmpty();
    }

    @Test
    void endsOfTextsAreReplayedToo() {
        Replay replay = replay(20_000);
        int[] inputs = {Alphabet.END_OF_TEXT, 'a'};
        int[] targets = {'a', Alphabet.END_OF_TEXT};
        for (int i = 0; i < 2_000; i++) {
            replay.learned(List.of("a"), new Window(1, 2, inputs, targets));
        }
        assertThat(replay.next(4, STATE).orElseThrow().window().inputs()).contains(Alphabet.END_OF_TEXT);
    }

    @Test
    void goesOnFromACopyAndFromWhatWasWrittenAsIfNothingHadHappened() throws IOException {
        Replay replay = replay(30_000);
        goOn(replay, 0, 4_000);
        Replay copy = replay.copy();
        Replay read = Replay.read(new DataInputStream(new ByteArrayInputStream(bytes(replay))));
        read.limit(30_000, LANES);

        assertThat(bytes(copy)).isEqualTo(bytes(replay));
        assertThat(bytes(read)).isEqualTo(bytes(replay));
        List<Integer> expected = goOn(replay, 4_000, 9_000);
        assertThat(goOn(copy, 4_000, 9_000)).isEqualTo(expected);
        assertThat(goOn(read, 4_000, 9_000)).isEqualTo(expected);
        assertThat(bytes(read)).isEqualTo(bytes(replay));
    }

    @Test
    void moreLanesOrFewerLeaveTheOthersWhereTheyAre() {
        Replay replay = replay(100_000);
        learnAll(replay, 0, 500);
        Window eight = replay.next(STEPS, STATE).orElseThrow().window();
        replay.limit(100_000, 2);
        Window two = replay.next(STEPS, STATE).orElseThrow().window();
        replay.limit(100_000, 3);
        Window three = replay.next(STEPS, STATE).orElseThrow().window();
        replay.limit(100_000, 0);

        assertThat(two.lanes()).isEqualTo(2);
        assertThat(two.inputs()[0]).isEqualTo(eight.targets()[(STEPS - 1) * LANES]);
        assertThat(three.lanes()).isEqualTo(3);
        assertThat(three.inputs()[1]).isEqualTo(two.targets()[(STEPS - 1) * 2 + 1]);
        assertThat(replay.next(STEPS, STATE)).isEmpty();
    }

    @Test
    void replaysNothingOfAStreamThatWasForgotten() throws IOException {
        Replay replay = replay(100_000);
        byte[] onlyOther = null;
        for (String stream : List.of("other", "forgotten")) {
            for (int window = 0; window < 500; window++) {
                learn(replay, stream, window);
            }
            onlyOther = onlyOther == null ? bytes(replay) : onlyOther;
        }
        replay.forget("forgotten");

        assertThat(bytes(replay)).isEqualTo(onlyOther);
    }

    @Test
    void walkersInAPassageThatIsForgottenJumpElsewhere() throws IOException {
        Replay replay = Replay.read(Golden.open("replay-3.bin"));
        replay.limit(6_000, 2);
        assertThat(replay.next(STEPS, STATE)).isPresent();
        replay.forget("stream 0");
        for (int i = 0; i < 100; i++) {
            int[] inputs = replay.next(STEPS, STATE).orElseThrow().window().inputs();
            assertThat(Arrays.stream(inputs).boxed()).as("of the other stream").noneMatch(symbol -> symbol < 100);
        }
        replay.forget("stream 1");

        assertThat(replay.next(STEPS, STATE)).isEmpty();
    }

    @Test
    void passagesThatAreOlderThanTheIdsOfStreamsStay() throws IOException {
        Replay replay = Replay.read(Golden.open("replay-2.bin"));
        replay.limit(6_000, 2);
        int before = bytes(replay).length;
        replay.forget("stream 0");
        replay.forget("stream 1");

        assertThat(bytes(replay)).as("without those that grew").hasSizeLessThan(before - 2 * 2 * 478);
        assertThat(replay.next(STEPS, STATE)).isPresent();
        replay.limit(1, 2);
        assertThat(replay.next(STEPS, STATE)).as("with hardly any capacity").isEmpty();
    }

    @Test
    void readsWhatItWroteWhenReplayHadARatio() throws IOException {
        Replay old = Replay.read(Golden.open("replay-1.bin"));
        Replay again = Replay.read(new DataInputStream(new ByteArrayInputStream(bytes(old))));
        old.limit(100_000, LANES);
        again.limit(100_000, LANES);

        Replay.Batch batch = old.next(4, STATE).orElseThrow();
        assertThat(batch.window().inputs())
                .isEqualTo(again.next(4, STATE).orElseThrow().window().inputs());
        assertThat(batch.window().lanes()).isEqualTo(LANES);
        assertThat(old.replayed()).isEqualTo(again.replayed()).isGreaterThan(4 * LANES);
    }

    @Test
    void refusesALaterVersion() throws IOException {
        byte[] later = bytes(replay(10));
        later[0] = 9;
        assertThatThrownBy(() -> Replay.read(new DataInputStream(new ByteArrayInputStream(later))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 9");
    }

    private static Replay replay(int capacity) {
        Replay replay = new Replay(7);
        replay.limit(capacity, LANES);
        return replay;
    }

    private static void learnAll(Replay replay, int from, int to) {
        for (int window = from; window < to; window++) {
            learn(replay, "a", window);
        }
    }

    /** Learns and replays; gives back a sum of each replayed window. */
    private static List<Integer> goOn(Replay replay, int from, int to) {
        List<Integer> sums = new ArrayList<>();
        for (int window = from; window < to; window++) {
            learn(replay, "stream " + window % 3, window / 3);
            replay.next(STEPS, STATE)
                    .ifPresent(each -> sums.add(Arrays.hashCode(each.window().inputs())));
        }
        return sums;
    }

    /** The window of a text that counts. */
    private static void learn(Replay replay, String stream, int window) {
        int[] inputs = new int[STEPS];
        int[] targets = new int[STEPS];
        for (int i = 0; i < STEPS; i++) {
            inputs[i] = (window * STEPS + i) % 251;
            targets[i] = (window * STEPS + i + 1) % 251;
        }
        replay.learned(List.of(stream), new Window(1, STEPS, inputs, targets));
    }

    private static byte[] bytes(Replay replay) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        replay.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
