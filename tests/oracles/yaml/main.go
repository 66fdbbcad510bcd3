// Says what the API server gets to see when kubectl sends it a file. Reads texts from standard input and writes what
// became of each to standard output; the framing is told in ../README.md.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
)

// What became of one document. The values are part of the protocol.
const (
	accepted  = 'J' // the document as JSON
	refused   = 'E' // the document is refused; the decoder can go on with the next
	stopped   = 'X' // refused by the JSON decoder, behind which the decoder says the same for ever or starts anew somewhere
	separator = 'S' // something stands behind `---`; what came before it since the last separator is lost
)

// kubectl's look-ahead to tell JSON from YAML, in bytes.
const lookAhead = 4096

// A caller who sends more than this in one frame has lost its place in the stream.
const largestText = 256 << 20

// No text has more documents than this before it counts as one that does not end.
const mostOutcomes = 1 << 20

type outcome struct {
	tag  byte
	text []byte
}

type question struct {
	text   []byte
	answer chan []byte
}

// rawExtension keeps a document's JSON as runtime.RawExtension does, whose package would bring the whole API machinery.
type rawExtension struct{ raw []byte }

func (r *rawExtension) UnmarshalJSON(in []byte) error {
	if !bytes.Equal(in, []byte("null")) {
		r.raw = append(r.raw[:0], in...)
	}
	return nil
}

func main() {
	// Every text leaves some buffers behind and nothing lasts, so collections are rare.
	debug.SetGCPercent(2000)
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// serve answers in the order of the questions, several of which are worked on at a time.
func serve(in io.Reader, out io.Writer) error {
	workers := runtime.GOMAXPROCS(0)
	answers := make(chan chan []byte, 64*workers)
	questions := make(chan question, workers)
	// Workers that stay keep the stacks that reading has grown.
	for range workers {
		go func() {
			for question := range questions {
				question.answer <- encode(documents(question.text))
			}
		}()
	}
	failed := make(chan error, 1)
	go func() {
		defer close(answers)
		defer close(questions)
		reader := bufio.NewReaderSize(in, 1<<20)
		for {
			text, err := frame(reader)
			if err != nil {
				if err != io.EOF {
					failed <- err
				}
				return
			}
			answer := make(chan []byte, 1)
			answers <- answer
			questions <- question{text, answer}
		}
	}()
	writer := bufio.NewWriterSize(out, 1<<20)
	for answer := range answers {
		if _, err := writer.Write(<-answer); err != nil {
			return err
		}
		if len(answers) == 0 {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
	}
	select {
	case err := <-failed:
		return err
	default:
		return writer.Flush()
	}
}

func frame(reader *bufio.Reader) ([]byte, error) {
	var header [4]byte
	if _, err := io.ReadFull(reader, header[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header[:])
	if length > largestText {
		return nil, fmt.Errorf("a text of %d bytes is announced", length)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(reader, text); err != nil {
		return nil, fmt.Errorf("the text ends early: %w", err)
	}
	return text, nil
}

func encode(outcomes []outcome) []byte {
	var out []byte
	out = binary.LittleEndian.AppendUint32(out, uint32(len(outcomes)))
	for _, outcome := range outcomes {
		out = append(out, outcome.tag)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(outcome.text)))
		out = append(out, outcome.text...)
	}
	return out
}

// documents reads a file as resource.FileVisitor and StreamVisitor of k8s.io/cli-runtime do. kubectl stops at the first
// document that is refused; the decoder is asked for the rest here, so that a reader that goes on can be compared.
func documents(text []byte) []outcome {
	var outcomes []outcome
	plain := transform.NewReader(bytes.NewReader(text), unicode.BOMOverride(unicode.UTF8.NewDecoder()))
	decoder := yaml.NewYAMLOrJSONDecoder(plain, lookAhead)
	// A byte-order mark, which the decoder never gets to see, may stand before what it looks at.
	perhapsJSON := bytes.IndexByte(text[:min(len(text), lookAhead+len("\ufeff"))], '{') >= 0
	for len(outcomes) < mostOutcomes {
		outcome, err := next(decoder, perhapsJSON)
		if err == io.EOF {
			break
		}
		if outcome.text == nil {
			continue
		}
		outcomes = append(outcomes, outcome)
		if outcome.tag == stopped {
			break
		}
	}
	return outcomes
}

// next gives one document, no text where it is null, or io.EOF. A panic below refuses the document.
func next(decoder *yaml.YAMLOrJSONDecoder, perhapsJSON bool) (result outcome, end error) {
	defer func() {
		if caught := recover(); caught != nil {
			result, end = outcome{refused, fmt.Appendf(nil, "error: panic: %v", caught)}, nil
		}
	}()
	var document rawExtension
	err := decoder.Decode(&document)
	if err == io.EOF {
		return outcome{}, io.EOF
	}
	if err != nil {
		return outcome{kind(err), fmt.Appendf(nil, "error: %v", err)}, nil
	}
	raw := bytes.TrimSpace(document.raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return outcome{}, nil
	}
	// Bytes that are no text (`!!binary`) become an escaped U+FFFD here, and a plain one wherever JSON is written anew.
	if !perhapsJSON && !bytes.Contains(raw, []byte(`\ufffd`)) {
		return outcome{accepted, raw}, nil
	}
	return canonical(raw), nil
}

// kind tells the errors behind which the decoder goes on with the next document.
func kind(err error) byte {
	var syntax yaml.YAMLSyntaxError
	if !errors.As(err, &syntax) {
		return stopped
	}
	if bytes.HasPrefix([]byte(err.Error()), []byte("invalid Yaml document separator")) {
		return separator
	}
	return refused
}

// canonical writes JSON with sorted keys, no blanks and Go's numbers. What came from YAML has that form already; JSON
// documents are as somebody wrote them. Which of the two a document was cannot be seen, once there is a brace.
func canonical(raw []byte) outcome {
	var value any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &value); err != nil {
		return outcome{refused, fmt.Appendf(nil, "error: %v", err)}
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return outcome{refused, fmt.Appendf(nil, "error: %v", err)}
	}
	text, err := json.Marshal(settled(value))
	if err != nil {
		return outcome{refused, fmt.Appendf(nil, "error: %v", err)}
	}
	return outcome{accepted, text}
}

// settled writes every number as sigs.k8s.io/yaml writes it. Integers past int64 keep their digits there, and lose them
// only in the API server.
func settled(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			value[key] = settled(item)
		}
	case []any:
		for index, item := range value {
			value[index] = settled(item)
		}
	case json.Number:
		if number, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			return number
		}
		if number, err := strconv.ParseUint(string(value), 10, 64); err == nil {
			return number
		}
		if number, err := strconv.ParseFloat(string(value), 64); err == nil {
			return number
		}
	}
	return value
}
