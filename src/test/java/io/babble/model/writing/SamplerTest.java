package io.babble.model.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.babble.model.SplitMix64;
import io.babble.text.Bytes;
import io.babble.text.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final float NO = Float.NEGATIVE_INFINITY;
    private static final int DRAWS = 50_000;

    /** Probabilities of 0.5, 0.3, 0.15 and 0.05. */
    private static final float[] ROW = {log(0.15), log(0.5), log(0.05), log(0.3)};

    @Test
    void drawsInProportionToTheProbabilities() {
        assertFrequencies(ROW, new Sampling(1, 0, 1), 0.15, 0.5, 0.05, 0.3);
    }

    @Test
    void dividesTheLogitsByTheTemperature() {
        double total = 0.15 * 0.15 + 0.5 * 0.5 + 0.05 * 0.05 + 0.3 * 0.3;
        assertFrequencies(ROW, new Sampling(0.5, 0, 1), 0.0225 / total, 0.25 / total, 0.0025 / total, 0.09 / total);
    }

    @Test
    void drawsFromTheTopK() {
        assertFrequencies(ROW, new Sampling(1, 2, 1), 0, 0.5 / 0.8, 0, 0.3 / 0.8);
        assertFrequencies(ROW, new Sampling(1, 1, 1), 0, 1, 0, 0);
        assertFrequencies(ROW, new Sampling(1, 9, 1), 0.15, 0.5, 0.05, 0.3);
    }

    @Test
    void drawsFromTheFewestThatReachTopP() {
        assertFrequencies(ROW, new Sampling(1, 0, 0.4), 0, 1, 0, 0);
        assertFrequencies(ROW, new Sampling(1, 0, 0.79), 0, 0.5 / 0.8, 0, 0.3 / 0.8);
        assertFrequencies(ROW, new Sampling(1, 0, 0.9), 0.15 / 0.95, 0.5 / 0.95, 0, 0.3 / 0.95);
    }

    @Test
    void takesTopPOfWhatTopKLeft() {
        assertFrequencies(ROW, new Sampling(1, 2, 0.6), 0, 1, 0, 0);
    }

    @Test
    void takesTheMostLikelyAtTemperatureZeroAndTheLowestOfEquals() {
        SplitMix64 random = new SplitMix64(1);
        Sampling certain = new Sampling(0, 0, 1);

        assertThat(new Sampler(4).next(ROW, certain, random, SamplerTest::any)).isEqualTo(1);
        assertThat(new Sampler(4).next(new float[] {1, 7, -2, 7}, certain, random, SamplerTest::any))
                .isEqualTo(1);
        assertThat(random.state()).as("draws nothing").isEqualTo(1);
    }

    @Test
    void breaksTiesOfTopKByTheLowestSymbol() {
        assertFrequencies(new float[] {0f, -0f, 0f, -1f}, new Sampling(1, 2, 1), 0.5, 0.5, 0, 0);
    }

    @Test
    void choosesOnlyWhatMayFollow() {
        Sampler sampler = new Sampler(4);
        SplitMix64 random = new SplitMix64(3);
        for (Sampling sampling : new Sampling[] {
            new Sampling(0, 0, 1), new Sampling(1, 0, 1), new Sampling(1, 1, 1), new Sampling(1, 0, 0.1)
        }) {
            assertThat(sampler.next(ROW, sampling, random, symbol -> symbol == 2))
                    .isEqualTo(2);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sampler.next(ROW, new Sampling(1, 0, 1), random, symbol -> false));
    }

    @Test
    void surviveLargeLogitsAndSmallTemperatures() {
        float[] large = {1e30f, 3e38f, -3e38f, 2e38f};
        assertFrequencies(large, new Sampling(1, 0, 1), 0, 1, 0, 0);
        assertFrequencies(large, new Sampling(Double.MIN_VALUE, 0, 0.9), 0, 1, 0, 0);
        assertFrequencies(ROW, new Sampling(1e300, 0, 1), 0.25, 0.25, 0.25, 0.25);
    }

    @Test
    void neverChoosesMinusInfinityOrNan() {
        assertFrequencies(new float[] {NO, 0, Float.NaN, 0}, new Sampling(1, 0, 1), 0, 0.5, 0, 0.5);
        assertFrequencies(new float[] {NO, 0, Float.NaN, 0}, new Sampling(1, 3, 0.99), 0, 0.5, 0, 0.5);
    }

    @Test
    void takesInfinityAsTheLargestFloat() {
        float[] row = {Float.POSITIVE_INFINITY, 0, Float.MAX_VALUE, 1e38f};
        assertFrequencies(row, new Sampling(1, 0, 1), 0.5, 0, 0.5, 0);
    }

    @Test
    void takesARowThatLeavesNothingForOneOfEquals() {
        float[] nothing = {Float.NaN, NO, Float.NaN, Float.NaN};
        assertFrequencies(nothing, new Sampling(1, 0, 1), 0.25, 0.25, 0.25, 0.25);
        assertThat(new Sampler(4).next(nothing, new Sampling(0, 0, 1), new SplitMix64(1), symbol -> symbol > 1))
                .isEqualTo(2);
    }

    @Test
    void aMillionSymbolsOfRandomLogitsAreValidUtf8() throws CharacterCodingException {
        SplitMix64 random = new SplitMix64(11);
        float[][] rows = new float[64][Bytes.SYMBOLS];
        for (float[] row : rows) {
            for (int symbol = 0; symbol < row.length; symbol++) {
                row[symbol] = (float) (random.nextDouble() * 12 - 6 + (symbol >= 0x80 ? 3 : 0));
            }
        }
        Sampling[] ways = {
            new Sampling(1, 0, 1), new Sampling(0.3, 0, 1), new Sampling(1, 40, 1), new Sampling(2, 0, 0.9)
        };
        Sampler sampler = new Sampler(Bytes.SYMBOLS);
        ByteBuffer bytes = ByteBuffer.allocate(1_000_000);
        int state = Utf8.START;
        while (bytes.hasRemaining()) {
            int before = state;
            int symbol = sampler.next(
                    rows[(int) (random.nextLong() >>> 58)],
                    ways[bytes.position() & 3],
                    random,
                    candidate -> candidate < 256 && Utf8.next(before, candidate) != Utf8.REJECT);
            state = Utf8.next(before, symbol);
            bytes.put((byte) symbol);
        }
        int end = 1_000_000;
        while (!Utf8.beginsCharacter(bytes.get(end - 1))) {
            end--;
        }

        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(bytes.flip().limit(end - 1))
                .toString();
        assertThat(text.codePoints().filter(point -> point > 0xFFFF).count()).isPositive();
    }

    private static void assertFrequencies(float[] row, Sampling sampling, double... expected) {
        Sampler sampler = new Sampler(row.length);
        SplitMix64 random = new SplitMix64(42);
        float[] untouched = row.clone();
        int[] counts = new int[row.length];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.next(row, sampling, random, SamplerTest::any)]++;
        }
        assertThat(Arrays.equals(row, untouched)).isTrue();
        for (int symbol = 0; symbol < counts.length; symbol++) {
            double spread = Math.sqrt(expected[symbol] * (1 - expected[symbol]) / DRAWS);
            assertThat((double) counts[symbol] / DRAWS)
                    .as("symbol %d", symbol)
                    .isCloseTo(expected[symbol], within(4 * spread));
        }
    }

    private static boolean any(int symbol) {
        return symbol >= 0;
    }

    private static float log(double probability) {
        return (float) Math.log(probability);
    }
}
