package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.babble.text.Alphabet;
import io.babble.text.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCodecTest {
    private static final Shape TINY = new Shape(3, 2, 2, 2);
    private static final Loss LOSS = new Loss(2.0625, 3, 77_000L, 2.125, 64.5, 2, 12.25);

    @ParameterizedTest
    @EnumSource
    void readsWhatItWrote(Training.Optimizer optimizer) throws IOException {
        Model model = model(TINY, optimizer, optimizer.moments());

        assertThat(ModelBytes.read(ModelBytes.of(model)))
                .usingRecursiveComparison()
                .isEqualTo(model);
    }

    @Test
    void readsAModelThatIsOnlyWrittenWith() throws IOException {
        Model model = model(TINY, Training.Optimizer.RMSPROP, 0);

        assertThat(ModelBytes.read(ModelBytes.of(model)))
                .usingRecursiveComparison()
                .isEqualTo(model);
    }

    @Test
    void readsTensorsLargerThanItsBuffers() throws IOException {
        Model model = model(new Shape(257, 64, 300, 2), Training.Optimizer.RMSPROP, 1);
        Model read = ModelBytes.read(ModelBytes.of(model));

        assertThat(Arrays.equals(read.weights(), model.weights())).isTrue();
        assertThat(Arrays.equals(read.moments()[0], model.moments()[0])).isTrue();
    }

    @Test
    void keepsEveryBitOfOddValues() throws IOException {
        Model model = model(TINY, Training.Optimizer.RMSPROP, 0);
        model.weights()[0] = -0.0f;
        model.weights()[1] = Float.MIN_VALUE;
        model.weights()[2] = Float.NEGATIVE_INFINITY;

        assertThat(ModelBytes.read(ModelBytes.of(model)).weights()).isEqualTo(model.weights());
    }

    @Test
    void readsTheStoredFileOfVersion2WhichKnowsNoDrift() throws IOException {
        assertThat(ModelBytes.read(golden("model-v2.babble")))
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(model(TINY, Training.Optimizer.ADAM, 2, Loss.of(2.0625)));
    }

    @Test
    void readsTheStoredFileOfVersion3() throws IOException {
        assertThat(ModelBytes.read(golden("model-v3.babble")))
                .usingRecursiveComparison()
                .isEqualTo(model(TINY, Training.Optimizer.ADAM, 2));
    }

    @Test
    void readsTheStoredFilesOfVersion4() throws IOException {
        assertThat(ModelBytes.read(golden("model-v4.babble")))
                .usingRecursiveComparison()
                .isEqualTo(model(TINY, Training.Optimizer.ADAM, 2));
        assertThat(ModelBytes.read(golden("model-v4-code-points.babble")))
                .usingRecursiveComparison()
                .isEqualTo(ofCodePoints());
    }

    @Test
    void writesVersion4AsItWasStored() throws IOException {
        assertThat(ModelBytes.of(model(TINY, Training.Optimizer.ADAM, 2))).isEqualTo(golden("model-v4.babble"));
        assertThat(ModelBytes.of(ofCodePoints())).isEqualTo(golden("model-v4-code-points.babble"));
    }

    @Test
    void refusesAnAlphabetThatIsNone() throws IOException {
        byte[] whole = golden("model-v4-code-points.babble");
        int characters = 8 + 4 * 4 + 2 + "code-points".length();

        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ModelBytes.read(with(whole, characters - 1, 'z')))
                .withMessageContaining("Expected the alphabet bytes or code-points, found code-pointz");
        assertThatExceptionOfType(ModelFormatException.class)
                .as("more characters than symbols")
                .isThrownBy(() -> ModelBytes.read(with(whole, characters, 5)));
        assertThatExceptionOfType(ModelFormatException.class)
                .as("half a character")
                .isThrownBy(() -> ModelBytes.read(with(whole, characters + 5, 0xD8)))
                .withMessageContaining("d82d");
    }

    @Test
    void endsWithTheChecksumThatNamesTheModel() {
        Model model = model(TINY, Training.Optimizer.ADAM, 2);
        byte[] bytes = ModelBytes.of(model);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);

        assertThat(ModelCodec.crc(model)).isEqualTo(crc.getValue());
        model.moments()[1][0] += 1;
        assertThat(ModelCodec.crc(model)).isNotEqualTo(crc.getValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"model-v4.babble", "model-v4-code-points.babble"})
    void refusesEveryDamagedByte(String file) throws IOException {
        byte[] whole = golden(file);
        for (int i = 0; i < whole.length; i++) {
            for (int flip : new int[] {0x01, 0x80, 0xFF}) {
                byte[] damaged = whole.clone();
                damaged[i] ^= (byte) flip;
                assertThatExceptionOfType(ModelFormatException.class)
                        .as("byte %d with %x flipped", i, flip)
                        .isThrownBy(() -> ModelBytes.read(damaged));
            }
        }
    }

    @Test
    void refusesEveryCut() {
        byte[] whole = ModelBytes.of(model(TINY, Training.Optimizer.ADAM, 2));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(ModelFormatException.class)
                    .as("cut to %d bytes", length)
                    .isThrownBy(() -> ModelBytes.read(cut))
                    .withMessageStartingWith("Cut short");
        }
    }

    @Test
    void saysWhatItExpectedAndFound() {
        byte[] whole = ModelBytes.of(model(TINY, Training.Optimizer.ADAM, 2));

        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ModelBytes.read(with(whole, 0, 'C')))
                .withMessageContaining("BABBLE");
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ModelBytes.read(with(whole, 6, 9)))
                .withMessageContaining("expected 2 to 4, found 9");
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ModelBytes.read(with(whole, whole.length - 10, 1)))
                .withMessageContaining("checksum");
    }

    @Test
    void takesNoMemoryForSizesThatNoBytesStandBehind() {
        byte[] whole = ModelBytes.of(model(new Shape(257, 1, 1, 1), Training.Optimizer.ADAM, 0));
        byte[] hugeHidden = with(whole, 8 + 2 * 4 + 2, 0x08);
        byte[] hugeEmbedding = with(whole, 8 + 4 + 2, 0x10);

        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ModelBytes.read(hugeHidden))
                .withMessageContaining("2³¹");
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ModelBytes.read(hugeEmbedding))
                .withMessageContaining("embedding");
    }

    @Test
    void leavesWhatFollowsAModelInTheStream() throws IOException {
        Model first = model(TINY, Training.Optimizer.ADAM, 2);
        Model second = model(TINY, Training.Optimizer.RMSPROP, 0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ModelCodec.write(first, out);
        ModelCodec.write(second, out);
        InputStream in = new ByteArrayInputStream(out.toByteArray());

        assertThat(ModelCodec.crc(ModelCodec.read(in))).isEqualTo(ModelCodec.crc(first));
        assertThat(ModelCodec.crc(ModelCodec.read(in))).isEqualTo(ModelCodec.crc(second));
    }

    @Test
    void refusesBytesAfterAWholeModel() {
        byte[] whole = ModelBytes.of(model(TINY, Training.Optimizer.ADAM, 2));

        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ModelBytes.read(Arrays.copyOf(whole, whole.length + 3)))
                .withMessageContaining("found 3 more");
    }

    private static Model model(Shape shape, Training.Optimizer optimizer, int moments) {
        return model(shape, optimizer, moments, LOSS);
    }

    private static Model ofCodePoints() {
        Alphabet alphabet = Alphabet.of("code-points", 264, new int[] {0x4E2D, 0x100, 0x1F99C});
        return model(new Shape(264, 1, 1, 1), alphabet, Training.Optimizer.ADAM, 0, LOSS);
    }

    private static Model model(Shape shape, Training.Optimizer optimizer, int moments, Loss loss) {
        return model(shape, Bytes.ALPHABET, optimizer, moments, loss);
    }

    private static Model model(Shape shape, Alphabet alphabet, Training.Optimizer optimizer, int moments, Loss loss) {
        float[][] values = new float[1 + moments][shape.parameters()];
        for (int vector = 0; vector < values.length; vector++) {
            for (int i = 0; i < values[vector].length; i++) {
                values[vector][i] = (i - 20) / 16f + vector * 100;
            }
        }
        return new Model(
                shape,
                alphabet,
                12_345L,
                678_901_234_567L,
                loss,
                0x0123456789abcdefL,
                optimizer,
                values[0],
                Arrays.copyOfRange(values, 1, values.length));
    }

    private static byte[] with(byte[] bytes, int index, int value) {
        byte[] changed = bytes.clone();
        changed[index] = (byte) value;
        return changed;
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = ModelCodecTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
