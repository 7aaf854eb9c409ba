// A pubsub peer made of go-libp2p and go-libp2p-pubsub alone, steered by one JSON object a line on its standard input.
// It answers and tells what happens the same way on its standard output, and ends when its input does.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/client"
	"github.com/multiformats/go-multiaddr"
)

type command struct {
	Do       string
	Address  string
	Peer     string
	Text     string
	Topic    string
	Circuits bool
}

type memory struct {
	lock sync.Mutex
	of   map[peer.ID][]byte
}

func (m *memory) Get(_ context.Context, p peer.ID) ([]byte, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.of[p], nil
}

func (m *memory) Put(_ context.Context, p peer.ID, value []byte) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.of[p] = value
	return nil
}

var out sync.Mutex

func tell(event map[string]any) {
	out.Lock()
	defer out.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(event)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	protocol := flag.String("protocol", "gossipsub", "gossipsub or floodsub")
	name := flag.String("topic", "", "the topic to join")
	strict := flag.Bool("strict", false, "validate with BasicSeqnoValidator, as kubo does")
	flag.Parse()
	ctx := context.Background()

	h, err := libp2p.New(libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"), libp2p.DisableMetrics())
	check(err)
	var options []pubsub.Option
	if *strict {
		options = append(options, pubsub.WithDefaultValidator(pubsub.NewBasicSeqnoValidator(&memory{of: map[peer.ID][]byte{}}, slog.Default()), pubsub.WithValidatorInline(true)))
	}
	start := pubsub.NewGossipSub
	if *protocol == "floodsub" {
		start = pubsub.NewFloodSub
	}
	router, err := start(ctx, h, options...)
	check(err)
	topic, err := router.Join(*name)
	check(err)
	subscription, err := topic.Subscribe()
	check(err)
	go listen(ctx, h, subscription)

	addresses := []string{}
	for _, address := range h.Addrs() {
		addresses = append(addresses, fmt.Sprintf("%s/p2p/%s", address, h.ID()))
	}
	tell(map[string]any{"event": "ready", "peer": h.ID().String(), "addresses": addresses})

	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, 65_536), 1<<20)
	for lines.Scan() {
		var c command
		check(json.Unmarshal(lines.Bytes(), &c))
		answer, err := obey(ctx, h, topic, c)
		if err != nil {
			tell(map[string]any{"event": "answer", "error": err.Error()})
		} else {
			tell(map[string]any{"event": "answer", "value": answer})
		}
	}
}

func listen(ctx context.Context, h host.Host, subscription *pubsub.Subscription) {
	for {
		message, err := subscription.Next(ctx)
		if err != nil {
			return
		}
		if message.GetFrom() == h.ID() {
			continue
		}
		var number uint64
		if len(message.GetSeqno()) == 8 {
			number = binary.BigEndian.Uint64(message.GetSeqno())
		}
		tell(map[string]any{"event": "message", "from": message.GetFrom().String(), "text": string(message.GetData()), "number": fmt.Sprint(number)})
	}
}

func obey(ctx context.Context, h host.Host, topic *pubsub.Topic, c command) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	switch c.Do {
	case "publish":
		return nil, topic.Publish(ctx, []byte(c.Text))
	case "subscribers":
		names := []string{}
		for _, p := range topic.ListPeers() {
			names = append(names, p.String())
		}
		return names, nil
	case "dial", "reserve":
		address, err := multiaddr.NewMultiaddr(c.Address)
		if err != nil {
			return nil, err
		}
		info, err := peer.AddrInfoFromP2pAddr(address)
		if err != nil {
			return nil, err
		}
		if c.Do == "dial" {
			return nil, h.Connect(network.WithForceDirectDial(ctx, "the test asks for it"), *info)
		}
		if err := h.Connect(ctx, *info); err != nil {
			return nil, err
		}
		reservation, err := client.Reserve(ctx, h, *info)
		if err != nil {
			return nil, err
		}
		return map[string]any{"seconds": reservation.LimitDuration.Seconds(), "bytes": reservation.LimitData}, nil
	case "circuit":
		address, err := multiaddr.NewMultiaddr(c.Address)
		if err != nil {
			return nil, err
		}
		info, err := peer.AddrInfoFromP2pAddr(address)
		if err != nil {
			return nil, err
		}
		return nil, h.Connect(network.WithAllowLimitedConn(ctx, "the test asks for it"), *info)
	case "connections":
		id, err := peer.Decode(c.Peer)
		if err != nil {
			return nil, err
		}
		addresses := []string{}
		for _, connection := range h.Network().ConnsToPeer(id) {
			addresses = append(addresses, connection.RemoteMultiaddr().String())
		}
		return addresses, nil
	case "close":
		id, err := peer.Decode(c.Peer)
		if err != nil {
			return nil, err
		}
		// Circuits or direct connections, the other kind stays.
		for _, connection := range h.Network().ConnsToPeer(id) {
			_, missing := connection.RemoteMultiaddr().ValueForProtocol(multiaddr.P_CIRCUIT)
			if (missing == nil) == c.Circuits {
				if err := connection.Close(); err != nil {
					return nil, err
				}
			}
		}
		return nil, nil
	}
	return nil, fmt.Errorf("nothing is called %q here", c.Do)
}
