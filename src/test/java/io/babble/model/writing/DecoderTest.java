package io.babble.model.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.babble.model.Backend;
import io.babble.model.Loss;
import io.babble.model.Model;
import io.babble.model.ModelMismatchException;
import io.babble.model.Shape;
import io.babble.model.Training;
import io.babble.model.Trial;
import io.babble.model.backend.nd4j.Nd4jBackend;
import io.babble.text.Alphabet;
import io.babble.text.Bytes;
import io.babble.text.CodePoints;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class DecoderTest {
    private static final Shape SHAPE = new Shape(Bytes.SYMBOLS, 4, 6, 2);
    private static final Sampling SAMPLING = new Sampling(0.9, 0, 1);

    @Test
    void writesTheSameTextForTheSameSeedAndAnotherForAnother() {
        try (Decoder decoder = decoder(model(1))) {
            String first = writeAll(decoder, text("Once", 1));

            assertThat(first.codePointCount(0, first.length())).isBetween(1, 40);
            assertThat(writeAll(decoder, text("Once", 1))).isEqualTo(first);
            assertThat(writeAll(decoder, text("Once", 2))).isNotEqualTo(first);
            assertThat(writeAll(decoder, text("Twice", 1))).isNotEqualTo(first);
        }
    }

    @Test
    void readsThePromptAsTheModelWouldReadAText() {
        Text text = text("né", 1);
        float[][] state = {new float[SHAPE.stateLength()]};
        float[][] logits = new float[1][SHAPE.symbols()];
        try (Backend backend = backend();
                Decoder decoder = decoder(model(1))) {
            backend.load(model(1).weights(), new float[0][]);
            for (int symbol : new int[] {Alphabet.END_OF_TEXT, 'n', 0xC3, 0xA9}) {
                backend.decode(new int[] {symbol}, state, logits);
                decoder.advance(List.of(text));
            }
        }

        assertThat(text.state(SHAPE.stateLength())).isEqualTo(state[0]);
    }

    @Test
    void writesTextsSideBySideThatJoinAndLeave() {
        try (Decoder decoder = decoder(model(1))) {
            String alone = writeAll(decoder, text("b", 5));
            Text early = text("a", 4);
            Text late = text("b", 5);
            for (int i = 0; i < 11; i++) {
                decoder.advance(List.of(early));
            }
            while (!late.isDone()) {
                decoder.advance(List.of(early, late));
            }

            assertThat(late.takeWritten()).isEqualTo(alone);
            assertThat(early.isDone()).isTrue();
        }
    }

    @Test
    void goesOnFromSavedTextsAsIfNothingHadHappened() throws IOException {
        String whole;
        try (Decoder decoder = decoder(model(1))) {
            whole = writeAll(decoder, text("Was ", 9));
        }
        StringBuilder pieces = new StringBuilder();
        Text text = text("Was ", 9);
        while (!text.isDone()) {
            try (Decoder decoder = decoder(model(1))) {
                for (int i = 0; i < 7; i++) {
                    decoder.advance(List.of(text));
                }
            }
            assertThat(text.offset()).isEqualTo(pieces.codePointCount(0, pieces.length()));
            pieces.append(text.takeWritten());
            text = savedAndRead(text);
        }

        assertThat(pieces.toString()).isEqualTo(whole);
    }

    @Test
    void goesOnWithNewWeightsBetweenTwoSymbols() {
        Model newer = model(2);
        try (Decoder decoder = decoder(model(1))) {
            String before = writeAll(decoder, text("x", 3));
            Text text = text("x", 3);
            decoder.advance(List.of(text));
            decoder.advance(List.of(text));
            decoder.load(newer);

            assertThat(decoder.model()).isSameAs(newer);
            assertThat(writeAll(decoder, text)).isNotEqualTo(before);
        }
    }

    @Test
    void refusesAModelOfAnotherKindAndKeepsItsOwn() {
        Model model = model(1);
        Shape other = new Shape(Bytes.SYMBOLS, 4, 7, 2);
        Model otherShape = new Model(
                other,
                Bytes.ALPHABET,
                0,
                0,
                Loss.UNKNOWN,
                0,
                Training.Optimizer.ADAM,
                new float[other.parameters()],
                new float[0][]);
        Model otherAlphabet = new Model(
                SHAPE,
                Alphabet.of(CodePoints.NAME, 512),
                0,
                0,
                Loss.UNKNOWN,
                0,
                Training.Optimizer.ADAM,
                model.weights(),
                new float[0][]);
        try (Decoder decoder = decoder(model)) {
            String before = writeAll(decoder, text("", 1));
            assertThatExceptionOfType(ModelMismatchException.class).isThrownBy(() -> decoder.load(otherShape));
            assertThatExceptionOfType(ModelMismatchException.class)
                    .isThrownBy(() -> decoder.load(otherAlphabet))
                    .withMessageContaining("expected bytes, found code-points");

            assertThat(writeAll(decoder, text("", 1))).isEqualTo(before);
        }
    }

    @Test
    void leavesTextsAloneThatAreDone() {
        try (Decoder decoder = decoder(model(1))) {
            Text done = text("", 1);
            String written = writeAll(decoder, done);
            decoder.advance(List.of(done));
            decoder.advance(new ArrayList<>());

            assertThat(written).isNotEmpty();
            assertThat(done.takeWritten()).isEmpty();
        }
    }

    private static Text text(String prompt, long seed) {
        return new Text(new Request(prompt, 40, SAMPLING, seed, ""));
    }

    private static String writeAll(Decoder decoder, Text text) {
        while (!text.isDone()) {
            decoder.advance(List.of(text));
        }
        return text.takeWritten();
    }

    private static Decoder decoder(Model model) {
        return new Decoder(backend(), SHAPE, Bytes.NAME, model);
    }

    private static Backend backend() {
        return new Nd4jBackend(SHAPE, Trial.ADAM, DataType.FLOAT);
    }

    private static Model model(long seed) {
        return new Model(
                SHAPE,
                Bytes.ALPHABET,
                seed,
                0,
                Loss.UNKNOWN,
                1,
                Training.Optimizer.ADAM,
                new Trial(SHAPE, seed).weights(),
                new float[0][]);
    }

    private static Text savedAndRead(Text text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.write(new DataOutputStream(bytes));
        return Text.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    }
}
