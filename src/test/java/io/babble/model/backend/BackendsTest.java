package io.babble.model.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.model.Backend;
import io.babble.model.Shape;
import io.babble.model.Trial;
import io.babble.model.backend.onednn.OneDnnBackend;
import io.babble.text.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendsTest {
    private static final Shape SHAPE = new Shape(5, 2, 3, 1);

    @Test
    void autoIsOneDnnHere() {
        try (Backend backend = Backends.create("auto", SHAPE, Trial.ADAM, Trial.WORK, 1)) {
            assertThat(backend).isInstanceOf(OneDnnBackend.class);
        }
    }

    @Test
    void refusesABackendThatIsNotThere() {
        assertThatThrownBy(() -> Backends.create("cuda", SHAPE, Trial.ADAM, Trial.WORK, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'cuda'")
                .hasMessageContaining("[auto, onednn, nd4j]");
    }

    @Test
    void namesTheBackendsThatExist() {
        assertThatThrownBy(() -> Backends.create("OneDNN", SHAPE, Trial.ADAM, Trial.WORK, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'OneDNN'")
                .hasMessageContaining("onednn");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nd4j", "onednn"})
    void refusesWhatDoesNotFitTheShape(String name) {
        float[][] one = new float[1][SHAPE.stateLength()];
        try (Backend backend = Backends.create(name, SHAPE, Trial.ADAM, Trial.WORK, 1)) {
            assertThatThrownBy(() -> backend.decode(new int[] {5}, one, new float[1][5]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Symbol 5");
            assertThatThrownBy(() -> backend.measure(new Window(2, 1, new int[2], new int[2]), one))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 lanes");
            assertThatThrownBy(() -> backend.load(new float[3], new float[0][]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weights");
            assertThatThrownBy(() -> backend.load(new float[SHAPE.parameters()], new float[1][SHAPE.parameters()]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 moments");
        }
    }
}
