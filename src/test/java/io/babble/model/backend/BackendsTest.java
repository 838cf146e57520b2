package io.babble.model.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.model.Backend;
import io.babble.model.Shape;
import io.babble.model.Trial;
import io.babble.model.backend.onednn.OneDnnBackend;
import org.junit.jupiter.api.Test;

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
}
