package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.savepoint.Savepoint;
import io.babble.job.savepoint.TextOffset;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be read from the savepoint and from the retained checkpoint of a job with subtasks. */
class SavepointContentsIT {
    private static final byte[] HALF_A_CHARACTER = {'e', 'n', 'd', (byte) 0xC3};

    @TempDir
    Path folder;

    @Test
    void aSavepointAndARetainedCheckpointSayHowFarTheJobIs() throws IOException {
        try (Stage stage = new Stage(folder, new Configuration());
                Service service = stage.service("read", 2, LongTexts.SLOW).started()) {
            for (int stream = 0; stream < 20; stream++) {
                service.publish("stream " + stream, "x".repeat(10 * stream + 1).getBytes(UTF_8));
            }
            service.publish("dead", new byte[] {(byte) 0xFF});
            service.ask(new Prompt("long", "Once", Prompt.MAX_LENGTH, 0, 0, 1, 5, null, Origin.PROMPT));
            service.await("a part written", () -> service.written("long").isBegun());
            service.awaitLearned(20 + 10 * 190 + 1);
            service.publish("half", HALF_A_CHARACTER);
            service.await("half a character", () -> service.lastReport().pending() == 1);
            service.checkpoint();
            Path checkpoint = service.crashed();

            assertHolds(Savepoint.in(checkpoint));
            service.startedFrom(checkpoint);
            assertHolds(Savepoint.in(service.stoppedWithSavepoint()));
        }
    }

    private static void assertHolds(Savepoint savepoint) throws IOException {
        int text = 20 + 10 * 190 + 3;
        Map<String, Long> positions = new TreeMap<>();
        Map<String, Integer> pending = new TreeMap<>();
        savepoint.streams((name, stream) -> {
            positions.put(name, stream.position());
            pending.put(name, stream.pendingBytes());
        });
        assertThat(positions).hasSize(21).containsEntry("key/stream 7", 71L).containsEntry("key/half", 3L);
        assertThat(pending).containsEntry("key/stream 7", 0).containsEntry("key/half", 1);

        assertThat(savepoint.ledger().accepted()).isEqualTo(text + 2);
        assertThat(savepoint.ledger().dead()).isEqualTo(1);
        assertThat(savepoint.model().symbols()).isEqualTo(text);
        assertThat(savepoint.model().moments().length).isEqualTo(2);
        assertThat(savepoint.writersModel())
                .hasValueSatisfying(model -> assertThat(model.moments()).isEmpty());
        Map<String, Integer> unfinished = new TreeMap<>();
        savepoint.answers((id, answer) -> unfinished.put(id, answer.text().offset()));
        assertThat(unfinished).containsOnlyKeys("long");
        assertThat(unfinished.get("long")).isPositive();
        assertThat(savepoint.textOffsets()).extracting(TextOffset::topic).containsExactly("read.text", "read.text");
        assertThat(savepoint.textOffsets().stream()
                        .mapToLong(TextOffset::offset)
                        .sum())
                .isEqualTo(22);
    }
}
