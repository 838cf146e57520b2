package io.babble.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.text.Packer.Plan;
import io.babble.text.WindowSizes.Size;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PackerTest {
    private static final int LANES = 3;
    private static final int STEPS = 8;
    private static final Size SIZE = new Size(LANES, STEPS);

    private final Packer packer = new Packer(STEPS, 4 * STEPS);
    private final Map<String, Stream> streams = new HashMap<>();
    private long now;

    @Test
    void nothingIsPlannedWithoutText() {
        assertThat(packer.nextReady(SIZE)).isEmpty();
        assertThat(packer.nextWaiting(SIZE)).isEmpty();
        assertThat(packer.waitingSince()).isEmpty();
    }

    @Test
    void aStreamIsReadyWhenItHasAWholeWindow() {
        arrive("a", STEPS - 1);
        assertThat(packer.nextReady(SIZE)).isEmpty();

        arrive("a", 1);
        assertThat(packer.nextReady(SIZE)).contains(new Plan(List.of("a"), STEPS));
    }

    @Test
    void readyStreamsTakeTurns() {
        for (String name : List.of("a", "b", "c", "d")) {
            arrive(name, 2 * STEPS);
        }

        assertThat(learn()).isEqualTo(List.of("a", "b", "c"));
        assertThat(learn()).isEqualTo(List.of("d", "a", "b"));
        assertThat(learn()).isEqualTo(List.of("c", "d"));
        assertThat(packer.nextReady(SIZE)).isEmpty();
    }

    @Test
    void aWindowLedByAStreamThatWaitedHasTheLargestSizeThatFits() {
        arrive("a", 5);
        arrive("b", 3);
        arrive("c", 30);

        assertThat(packer.nextWaiting(SIZE)).contains(new Plan(List.of("a", "c"), 4));
    }

    @Test
    void aLargerWindowHasWhatItsLeaderFills() {
        arrive("a", 3 * STEPS);
        arrive("b", STEPS);
        arrive("c", 9 * STEPS);

        assertThat(packer.nextReady(new Size(9, 4 * STEPS))).contains(new Plan(List.of("a", "c"), 2 * STEPS));
        assertThat(packer.nextReady(new Size(1, 4 * STEPS))).contains(new Plan(List.of("a"), 2 * STEPS));
        assertThat(packer.nextReady(SIZE)).contains(new Plan(List.of("a", "b", "c"), STEPS));
    }

    @Test
    void whatDoesNotFitStaysPending() {
        arrive("a", 7);

        learnFrom(packer.nextWaiting(SIZE));

        assertThat(streams.get("a").pendingBytes()).isEqualTo(3);
        assertThat(packer.nextWaiting(SIZE)).contains(new Plan(List.of("a"), 2));
    }

    @Test
    void theRestOfAnEndedStreamIsReady() {
        arrive("a", 2);
        streams.get("a").end(0);
        packer.arrived("a", streams.get("a"), now);

        assertThat(packer.ready()).isEqualTo(1);
        assertThat(learn()).isEqualTo(List.of("a"));
        assertThat(learn()).isEqualTo(List.of("a"));
        assertThat(streams.get("a").finished()).isTrue();
    }

    @Test
    void aStreamWaitsSinceItsTextArrivedOrItWasLearnedFrom() {
        now = 5;
        arrive("a", STEPS);
        now = 7;
        arrive("a", 1);
        assertThat(packer.waitingSince()).hasValue(5);

        now = 9;
        learn();
        assertThat(packer.waitingSince()).hasValue(9);
    }

    @Test
    void turnsAreKeptWhenStreamsAreRestored() {
        for (String name : List.of("a", "b", "c", "d")) {
            arrive(name, 2 * STEPS);
        }
        learn();

        Packer restored = new Packer(STEPS, 4 * STEPS);
        for (String name : List.of("c", "a", "d", "b")) {
            restored.restored(name, streams.get(name), now);
        }

        assertThat(restored.nextReady(SIZE)).isEqualTo(packer.nextReady(SIZE));
    }

    private void arrive(String name, int symbols) {
        Stream stream = streams.computeIfAbsent(name, unknown -> new Stream());
        stream.read(Bytes.ALPHABET, "x".repeat(symbols).getBytes(StandardCharsets.US_ASCII), now);
        packer.arrived(name, stream, now);
    }

    private List<String> learn() {
        return learnFrom(packer.nextReady(SIZE));
    }

    private List<String> learnFrom(Optional<Plan> planned) {
        Plan plan = planned.orElseThrow();
        int size = plan.streams().size() * plan.steps();
        for (int lane = 0; lane < plan.streams().size(); lane++) {
            String name = plan.streams().get(lane);
            Stream stream = streams.get(name);
            stream.take(Bytes.ALPHABET, plan.steps(), lane, plan.streams().size(), new int[size], new int[size]);
            stream.learned();
            packer.learned(name, stream, now);
        }
        return plan.streams();
    }
}
