package io.babble.model.writing;

import java.io.IOException;

/** Why a text is done; the code stands in saved state, where 0 means that it is not done. */
public enum Ending {
    /** It has the requested number of characters. */
    LENGTH((byte) 1),
    /** The stop text was written. */
    STOP((byte) 2),
    /** The model ended the text. */
    END_OF_TEXT((byte) 3);

    private final byte code;

    Ending(byte code) {
        this.code = code;
    }

    byte code() {
        return code;
    }

    /** The ending of that code, null for 0. */
    static Ending ofCode(byte code) throws IOException {
        for (Ending ending : values()) {
            if (ending.code == code) {
                return ending;
            }
        }
        if (code != 0) {
            throw new IOException("Expected the code of an ending from 0 to 3, found " + code);
        }
        return null;
    }
}
