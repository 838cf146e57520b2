package io.babble.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SavedFormTest {
    @Test
    void readsEveryVersionUpToItsOwn() {
        assertThatCode(() -> SavedForm.checkVersion(1, "A stream", 2)).doesNotThrowAnyException();
        assertThatCode(() -> SavedForm.checkVersion(2, "A stream", 2)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 3, 127})
    void refusesOtherVersionsWithBoth(int version) {
        assertThatThrownBy(() -> SavedForm.checkVersion(version, "A stream", 2))
                .isInstanceOf(IOException.class)
                .hasMessage("A stream of version " + version + " was found, but this Babble reads version 2 and below:"
                        + " use the Babble that wrote it, or a later one.");
    }

    @Test
    void floatsKeepTheirBits() throws IOException {
        float[] values = {0, -0f, 1.5f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE};
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SavedForm.writeFloats(values, new DataOutputStream(bytes));

        // As DataOutput.writeFloat wrote them in versions 0.1 and 0.2.
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(expected);
        out.writeInt(values.length);
        for (float value : values) {
            out.writeFloat(value);
        }
        assertThat(bytes.toByteArray()).isEqualTo(expected.toByteArray());
        assertThat(SavedForm.readFloats(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))))
                .isEqualTo(values);
    }
}
