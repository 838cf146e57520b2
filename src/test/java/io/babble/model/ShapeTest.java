package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ShapeTest {
    private static final Shape SHAPE = new Shape(257, 5, 7, 3);

    @Test
    void tensorsFollowEachOtherWithoutGaps() {
        int offset = 0;
        for (Shape.Tensor tensor : SHAPE.tensors()) {
            assertThat(tensor.offset()).as(tensor.name()).isEqualTo(offset);
            offset += tensor.length();
        }
        assertThat(SHAPE.parameters()).isEqualTo(offset);
    }

    /** Stored models name them so, in this order. */
    @Test
    void tensorsHaveTheNamesAndSizesOfStoredModels() {
        assertThat(new Shape(257, 5, 7, 2).tensors())
                .extracting(tensor -> tensor.name() + " " + tensor.rows() + " " + tensor.columns())
                .containsExactly(
                        "embedding 257 5",
                        "layer0.weight 12 21",
                        "layer0.gain 21 1",
                        "layer0.bias 21 1",
                        "layer1.weight 19 21",
                        "layer1.gain 21 1",
                        "layer1.bias 21 1",
                        "softmax.weight 14 257",
                        "softmax.bias 257 1");
    }

    @Test
    void tensorsAreFoundByRoleAndLayer() {
        for (Shape.Tensor tensor : SHAPE.tensors()) {
            boolean ofLayer = tensor.name().startsWith("layer");
            assertThat(ofLayer ? SHAPE.tensor(tensor.role(), tensor.layer()) : SHAPE.tensor(tensor.role()))
                    .isEqualTo(tensor);
        }
        assertThat(SHAPE.tensor(TensorRole.GAIN, 1).name()).isEqualTo("layer1.gain");
        assertThatIllegalArgumentException().isThrownBy(() -> SHAPE.tensor(TensorRole.WEIGHT, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> SHAPE.tensor(TensorRole.BIAS));
    }

    @Test
    void onlyFactorsOfProductsCountAsSuch() {
        assertThat(SHAPE.tensors().stream()
                        .filter(tensor -> tensor.role().isFactor())
                        .map(Shape.Tensor::name))
                .containsExactly("layer0.weight", "layer1.weight", "layer2.weight", "softmax.weight");
    }

    @Test
    void aLayerReadsItsOwnOutputTheLayerBelowAndTheEmbedding() {
        assertThat(List.of(SHAPE.embeddingColumn(0), SHAPE.embeddingColumn(1))).containsExactly(0, 7);
        assertThat(List.of(SHAPE.inputOf(0), SHAPE.inputOf(1))).containsExactly(5, 12);
        assertThat(List.of(SHAPE.readBy(0), SHAPE.readBy(1))).containsExactly(12, 19);
        assertThat(SHAPE.readsEmbedding(2)).isTrue();
    }

    @Test
    void theSoftmaxReadsEveryLayer() {
        assertThat(SHAPE.isReadBySoftmax(0)).isTrue();
        assertThat(List.of(SHAPE.softmaxColumn(0), SHAPE.softmaxColumn(1), SHAPE.softmaxColumn(2)))
                .containsExactly(0, 7, 14);
        assertThat(SHAPE.softmaxInput()).isEqualTo(21);
    }

    /** Checkpoints hold states in this order. */
    @Test
    void aStateHoldsTheVectorsOfALayerAfterEachOther() {
        assertThat(SHAPE.cell().states()).containsExactly("h", "c");
        assertThat(List.of(SHAPE.stateOffset(0, 0), SHAPE.stateOffset(0, 1), SHAPE.stateOffset(2, 1)))
                .containsExactly(0, 7, 35);
        assertThat(SHAPE.stateLength()).isEqualTo(42);
    }

    @ParameterizedTest
    @EnumSource
    void theOutputOfACellIsItsFirstStateVector(Cell cell) {
        assertThat(cell.states().get(Cell.OUTPUT)).isEqualTo("h");
    }

    @Test
    void codesAndNamesOfCellsAndWiringsNeverChange() {
        assertThat(Cell.NORMALISED.code()).isEqualTo((byte) 1);
        assertThat(Cell.NORMALISED).hasToString("normalised");
        assertThat(Wiring.DENSE.code()).isEqualTo((byte) 1);
        assertThat(Wiring.DENSE).hasToString("dense");
        Set<Byte> codes = new HashSet<>();
        assertThat(Cell.values()).allMatch(cell -> codes.add(cell.code()));
    }

    @ParameterizedTest
    @CsvSource({
        "257, 16384, 16384, 2, 4039360769, 16157443076",
        "1048576, 1048576, 1, 1, 1099516870665, 4398067482660",
        "1048576, 1048576, 1048576, 256, 2812552355512320, 11250209422049280"
    })
    void refusesMoreWeightsThanAnArrayHolds(
            int symbols, int embedding, int hidden, int layers, String weights, String bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Shape(symbols, embedding, hidden, layers))
                .withMessageContaining("2³¹")
                .withMessageContaining(weights + " weights")
                .withMessageContaining(bytes + " bytes");
    }

    @Test
    void acceptsAlmostAsManyWeightsAsAnArrayHolds() {
        assertThat(new Shape(257, 64, 19_000, 1).parameters()).isGreaterThan(1 << 30);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, symbols",
        "2, 0, 1, 1, embedding",
        "2, 1, 0, 1, hidden",
        "2, 1, 1, 0, layers",
        "2147483647, 1, 1, 1, symbols",
        "2, 2147483647, 1, 1, embedding",
        "2, 1, 2147483647, 1, hidden",
        "2, 1, 1, 2147483647, layers"
    })
    void refusesSizesOutOfRange(int symbols, int embedding, int hidden, int layers, String which) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Shape(symbols, embedding, hidden, layers))
                .withMessageContaining(which);
    }
}
