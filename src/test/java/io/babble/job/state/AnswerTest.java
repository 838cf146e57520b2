package io.babble.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.job.TestSettings;
import io.babble.job.options.EngineFactory;
import io.babble.job.write.WriterHarness;
import io.babble.model.writing.Decoder;
import io.babble.model.writing.Request;
import io.babble.model.writing.Sampling;
import io.babble.records.Origin;
import io.babble.records.Sample;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static final Answer.Stamp STAMP = new Answer.Stamp(3, 2.5, "5f", 1_000);

    /** Every later Babble must read this file as this one does. */
    @Test
    void readsAnAnswerOfVersion1() throws IOException {
        Answer answer = Answer.read(Golden.open("answer-1.bin"));

        assertThat(answer.turn()).isEqualTo(42);
        assertThat(answer.text().request()).isEqualTo(new Request("Où", 30, new Sampling(0.5, 40, 0.9), 7, "END"));
        assertThat(answer.text().isDone()).isFalse();
        assertThat(answer.text().offset()).isEqualTo(9);
        Sample piece = answer.nextPiece("a", STAMP);
        assertThat(piece.sequence()).isEqualTo(1);
        assertThat(piece.offset()).isEqualTo(9);
        assertThat(piece.text()).hasSize(3);
        assertThat(piece.prompt()).isNull();
        assertThat(piece.origin()).isEqualTo(Origin.PERIODIC);
        assertThat(piece.seed()).isEqualTo(7);
        assertThat(piece.temperature()).isEqualTo(0.5);
    }

    @Test
    void refusesAnAnswerOfALaterVersion() throws IOException {
        byte[] bytes = Golden.bytes("answer-1.bin");
        bytes[0] = 2;

        assertThatThrownBy(() -> Answer.read(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("reads version 1");
    }

    @Test
    void aCopyGoesItsOwnWay() throws IOException {
        Answer answer = Answer.read(Golden.open("answer-1.bin"));
        Answer copy = new AnswerSerializer().copy(answer);
        try (Decoder decoder = new EngineFactory(TestSettings.small())
                .newDecoder(
                        new EngineFactory(TestSettings.small()).newBackend(),
                        WriterHarness.model(TestSettings.small(), 1))) {
            while (!copy.text().isDone()) {
                decoder.advance(List.of(copy.text()));
            }
        }
        copy.nextPiece("a", STAMP);

        assertThat(answer.text().isDone()).isFalse();
        assertThat(answer.text().offset()).isEqualTo(9);
        assertThat(answer.nextPiece("a", STAMP).text()).hasSize(3);
    }
}
