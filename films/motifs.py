"""The motifs of title cards: small drawings in SVG, each filling a box of w x h.

Classes give the colors: f figure, a accent, g ground, l the figure as a line. `d` is the 32-byte
digest of a seed: its bytes from d[2] on settle the small choices, so a seed always draws the same.
"""

import math

WIDE = 4  # times as wide as high: a banner, never a card


def num(x: float) -> str:
    return f"{x:.1f}".rstrip("0").rstrip(".")


def rect(x, y, w, h, c="f"):
    return f'<rect class="{c}" x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}"/>'


def disc(x, y, r, c="f"):
    return f'<circle class="{c}" cx="{num(x)}" cy="{num(y)}" r="{num(r)}"/>'


def ring(x, y, r, t, c="l"):
    return f'<circle class="{c}" cx="{num(x)}" cy="{num(y)}" r="{num(r)}" stroke-width="{num(t)}"/>'


def poly(points, c="f"):
    return f'<path class="{c}" d="M' + "L".join(f"{num(x)} {num(y)}" for x, y in points) + 'Z"/>'


def line(x1, y1, x2, y2, t, c="l"):
    return (
        f'<path class="{c}" stroke-width="{num(t)}" d="M{num(x1)} {num(y1)}L{num(x2)} {num(y2)}"/>'
    )


def arc(x, y, r, a0, a1, t, c="l"):
    x0, y0 = x + r * math.cos(a0), y + r * math.sin(a0)
    x1, y1 = x + r * math.cos(a1), y + r * math.sin(a1)
    big = int((a1 - a0) % math.tau > math.pi)
    return (
        f'<path class="{c}" stroke-width="{num(t)}" '
        f'd="M{num(x0)} {num(y0)}A{num(r)} {num(r)} 0 {big} 1 {num(x1)} {num(y1)}"/>'
    )


def bars(w: float, h: float, d: bytes) -> str:
    n = max(5, round(w / (27 + d[2] % 3 * 4)))
    p = w / n  # the gap: never at an edge
    k = 1 + d[3] % (n - 2) if n < 12 else n // 3 + d[3] % (n // 3)
    y = h * (0.3 + d[4] % 5 * 0.1)
    out = "".join(rect(i * p + p * 0.25, 0, p * 0.5, h) for i in range(n) if i != k)
    return out + disc(k * p + p / 2, y, p * 0.46, "a")


def arcs(w: float, h: float, d: bytes) -> str:
    n = 3 + d[2] % 2
    top = min(h * 0.92, w * 0.56)
    t = top / (n + 0.6) * 0.62
    cx = w * (0.4 + d[3] % 3 * 0.1)
    out = "".join(arc(cx, h, top - t / 2 - i * t / 0.62, math.pi, math.tau, t) for i in range(n))
    return out + disc(cx, h, t * 0.72, "a")


def eclipse(w: float, h: float, d: bytes) -> str:
    r = min(w, h) * 0.33
    a = (20 + d[2] % 5 * 35) * math.pi / 180
    k = r * (0.52 + d[3] % 3 * 0.08)
    x, y, dx, dy = w / 2, h / 2, math.cos(a) * k, math.sin(a) * k
    half = math.sqrt(r * r - k * k)
    px, py = -math.sin(a) * half, math.cos(a) * half
    lens = (
        f'<path class="g" d="M{num(x + px)} {num(y + py)}'
        f"A{num(r)} {num(r)} 0 0 1 {num(x - px)} {num(y - py)}"
        f'A{num(r)} {num(r)} 0 0 1 {num(x + px)} {num(y + py)}Z"/>'
    )
    return disc(x - dx, y - dy, r) + disc(x + dx, y + dy, r, "a") + lens


def opened(w: float, h: float, d: bytes) -> str:
    r, t = min(w, h) * 0.3, min(w, h) * 0.15
    a = (d[2] % 8) * math.pi / 4 + math.pi / 8
    x, y = w / 2 - math.cos(a) * r * 0.28, h / 2 - math.sin(a) * r * 0.28
    return arc(x, y, r, a + 0.5, a - 0.5 + math.tau, t) + disc(
        x + math.cos(a) * r * 1.36, y + math.sin(a) * r * 1.36, t * 0.52, "a"
    )


def ghosts(w: float, h: float, d: bytes) -> str:
    r = min(w, h) * 0.27
    a = (d[2] % 4 * 90 + 45 + d[3] % 3 * 15) * math.pi / 180
    dx, dy = math.cos(a) * r * 0.42, math.sin(a) * r * 0.42
    x, y = w / 2 - dx * 1.6, h / 2 - dy * 1.6
    out = ""
    for i, o in ((4, ".16"), (3, ".28"), (2, ".44"), (1, ".66")):
        out += disc(x + dx * i, y + dy * i, r).replace("/>", f' opacity="{o}"/>')
    return out + disc(x, y, r, "a")


def leader(w: float, h: float, d: bytes) -> str:
    r = min(w, h) * 0.42
    a = (d[2] % 7 + 1) * math.pi / 4 - math.pi / 2
    x, y = w / 2, h / 2
    big = int((a + math.pi / 2) % math.tau > math.pi)
    far = w + h
    wedge = (
        f'<path class="f" d="M{num(x)} {num(y)}V{num(y - r)}A{num(r)} {num(r)} 0 {big} 1 '
        f'{num(x + r * math.cos(a))} {num(y + r * math.sin(a))}Z"/>'
    )
    return (
        wedge
        + line(x, -far, x, far, 1.6)
        + line(-far, y, far, y, 1.6)
        + ring(x, y, r, 2.4)
        + ring(x, y, r * 0.8, 2.4)
        + disc(x, y, r * 0.09, "a")
    )


def alone(w: float, h: float, d: bytes) -> str:
    y = h * (0.56 + d[2] % 3 * 0.07)
    x = w * (0.2 + d[3] % 5 * 0.15)
    k = min(w, h) * 0.05
    fall = (w * 0.5 - x) * 0.9 + (w * 0.25 if d[4] % 2 else -w * 0.25)
    return (
        rect(0, y, w, h - y)
        + poly(
            [
                (x - k * 0.45, y + k),
                (x + k * 0.45, y + k),
                (x + fall + k * 1.6, h),
                (x + fall - k * 1.6, h),
            ],
            "g",
        )
        + rect(x - k * 0.45, y - k * 2.1, k * 0.9, k * 3.1, "a")
        + disc(x, y - k * 2.9, k * 0.62, "a")
    )


def shards(w: float, h: float, d: bytes) -> str:
    ox, oy = w * (0.25 + d[2] % 3 * 0.25), h * (0.98 if d[3] % 3 else 0.02)
    flip = -1 if oy > h / 2 else 1
    out, n, far = "", 8, (w + h) * 0.9
    for i in range(n):
        a = math.pi * (i + 0.12 + d[4 + i] % 5 * 0.07) / n
        b = a + math.pi / n * (0.34 + d[12 + i] % 4 * 0.09)
        q = far * (0.45 + d[20 + i] % 6 * 0.11)
        out += poly(
            [
                (ox, oy),
                (ox + math.cos(a) * q, oy + flip * math.sin(a) * q),
                (ox + math.cos(b) * q, oy + flip * math.sin(b) * q),
            ],
            "a" if i == d[3] % n else "f",
        )
    return out


def steps(w: float, h: float, d: bytes) -> str:
    n = 4 + d[2] % 3
    sw, sh = w / n, h * 0.82 / n
    up = d[3] % 2
    pts = [(0, h)]
    for i in range(n):
        y = h - sh * (i + 1)
        pts += [(i * sw, y), ((i + 1) * sw, y)]
    pts.append((w, h))
    r = min(sw, sh) * 0.36
    k = 0 if d[4] % 2 else n - 1
    dot = (k * sw + sw / 2, h - sh * (k + 1) - r)
    if up:
        pts, dot = [(w - x, y) for x, y in pts], (w - dot[0], dot[1])
    return poly(pts) + disc(*dot, r, "a")


def door(w: float, h: float, d: bytes) -> str:
    n, out = 3 + d[2] % 2, ""
    cx = w * (0.42 + d[3] % 3 * 0.08)
    dw, dh = w * 0.8, h * 0.9
    for i in range(n):
        k = 1 - i / n
        out += rect(cx - dw * k / 2, h - dh * k, dw * k, dh * k, "f" if i % 2 == 0 else "g")
    k = 1 / n * 0.72
    out += rect(cx - dw * k / 2, h - dh * k, dw * k, dh * k, "a")
    return out


def growth(w: float, h: float, d: bytes) -> str:
    n, out = 5, ""
    left = d[2] % 2
    for i in range(n):
        q = i / (n - 1)
        r = min(w, h) * (0.035 + 0.23 * q**1.7)
        x, y = w * (0.16 + 0.58 * q**1.15), h * (0.88 - 0.54 * q)
        out += disc(w - x if left else x, y, r, "a" if i == d[3] % (n - 1) else "f")
    return out


def waves(w: float, h: float, d: bytes) -> str:
    gap, per = 21, w / (2 + d[3] % 3)
    y0, out = h * (0.36 + d[4] % 3 * 0.05), ""
    out += disc(w * (0.28 + d[5] % 3 * 0.22), y0 - gap * 0.3, min(w, h) * 0.2, "a")
    for i in range(int((h - y0) / gap) + 2):
        y = y0 + i * gap
        p = (
            f"M{num(-per * (1 + i % 4 * 0.12))} {num(y)}"
            + f"q{num(per / 4)} -13 {num(per / 2)} 0t{num(per / 2)} 0" * (int(w / per) + 3)
        )
        out += f'<path class="g" d="{p}V{num(y + gap)}H{num(-2 * per)}Z"/>'
        out += f'<path class="l" stroke-width="9" d="{p}"/>'
    return out


def windows(w: float, h: float, d: bytes) -> str:
    cols = 4 if w < 160 else 5
    rows = max(3, round(h / w * cols * 0.8))
    cw, rh = w / cols, h / rows
    out = ""
    for r in range(rows):
        for c in range(cols):
            i = r * cols + c
            lit = d[2 + i // 8 % 28] >> (i % 8) & 1
            pane = rect(
                c * cw + cw * 0.18,
                r * rh + rh * 0.16,
                cw * 0.64,
                rh * 0.68,
                "a" if i == d[5] % (rows * cols) else "f",
            )
            out += pane if lit or '"a"' in pane else pane.replace("/>", ' opacity=".3"/>')
    return out


def beam(w: float, h: float, d: bytes) -> str:
    x = w * (0.06 if d[2] % 2 else 0.94)
    y = h * 0.1
    bx, rx = w * (0.56 if d[2] % 2 else 0.44), w * 0.36
    ry, by = h * 0.075, h * 0.86
    return (
        poly([(x, y), (bx - rx, by), (bx + rx, by)])
        + f'<ellipse class="a" cx="{num(bx)}" cy="{num(by)}" rx="{num(rx)}" ry="{num(ry)}"/>'
        + disc(x, y, min(w, h) * 0.04, "a")
    )


def mirror(w: float, h: float, d: bytes) -> str:
    r = min(w, h) * 0.4
    s = r * (0.24 + d[2] % 3 * 0.12) * (1 if d[3] % 2 else -1)
    x, y = w / 2, h / 2
    curve = f"A{num(r)} {num(r)} 0 0"
    left = f"M{num(x)} {num(y - r - s / 2)}{curve} 0 {num(x)} {num(y + r - s / 2)}Z"
    right = f"M{num(x)} {num(y - r + s / 2)}{curve} 1 {num(x)} {num(y + r + s / 2)}Z"
    halves = f'<path class="f" d="{left}"/><path class="a" d="{right}"/>'
    return halves + line(x, 0, x, h, 1.6)


def road(w: float, h: float, d: bytes) -> str:
    vx, vy = w * (0.3 + d[2] % 3 * 0.2), h * (0.36 + d[3] % 3 * 0.06)
    out = disc(vx + (w * 0.16 if d[4] % 2 else -w * 0.16), vy, min(w, h) * 0.14, "a")
    out += rect(0, vy, w, h - vy, "g")
    out += poly([(vx - 1, vy), (vx + 1, vy), (w * 0.96, h), (w * 0.04, h)])
    for i in range(5):
        a, b = (i / 5 + 0.08) ** 1.8, (i / 5 + 0.17) ** 1.8
        x1, y1 = vx + (w * 0.5 - vx) * a, vy + (h - vy) * a
        x2, y2 = vx + (w * 0.5 - vx) * b, vy + (h - vy) * b
        t1, t2 = w * 0.03 * a, w * 0.03 * b
        out += poly([(x1 - t1, y1), (x1 + t1, y1), (x2 + t2, y2), (x2 - t2, y2)], "g")
    return out + line(0, vy, w, vy, 1.6)


def missing(w: float, h: float, d: bytes) -> str:
    cols = round(2 * w / h) if w > WIDE * h else 4
    p = w / cols
    rows = max(2, int(h / p))
    off = (h - rows * p) / 2
    k = d[2] % (rows * cols)
    if cols > 4:
        k = k // cols * cols + cols // 3 + k % (cols // 3)
    out = ""
    for i in range(rows * cols):
        x, y = (i % cols + 0.5) * p, off + (i // cols + 0.5) * p
        out += ring(x, y, p * 0.32, p * 0.045, "la") if i == k else disc(x, y, p * 0.34)
    return out


def spiral(w: float, h: float, d: bytes) -> str:
    r, a = math.hypot(w, h) * 0.5, (d[2] % 12) * math.pi / 6
    x, y, out, i = w / 2, h / 2, "", 0
    while r > min(w, h) * 0.07:
        out += disc(x, y, r, "f" if i % 2 == 0 else "g")
        r *= 0.8
        x, y, i = x + math.cos(a) * r * 0.1, y + math.sin(a) * r * 0.1, i + 1
    return out + disc(x, y, r, "a")


def balance(w: float, h: float, d: bytes) -> str:
    s = 1 if d[2] % 2 else -1  # which side hangs low
    x, y, t = w / 2, h * 0.3, h * (0.05 + d[3] % 3 * 0.018)
    arm, r = w * 0.34, min(w, h) * 0.15
    low, high = y + t + h * 0.26, y - t + h * 0.16
    bowl = f"h{num(2 * r)}a{num(r)} {num(r)} 0 0 1 {num(-2 * r)} 0Z"
    return (
        line(x, 0, x, y, 2.4)
        + line(x - s * arm, y + t, x + s * arm, y - t, 4)
        + line(x - s * arm, y + t, x - s * arm, low, 2.4)
        + line(x + s * arm, y - t, x + s * arm, high, 2.4)
        + disc(x - s * arm * 0.9, low + r * 0.9, r, "a")
        + f'<path class="f" d="M{num(x + s * arm - r)} {num(high)}{bowl}"/>'
    )


def lean(w: float, h: float, d: bytes) -> str:
    k = 0.08 + d[2] % 3 * 0.03
    t = w * 0.17
    top = h * (0.14 + d[3] % 3 * 0.06)
    x = w / 2
    return poly(
        [
            (x - w * k - t * 1.5, h),
            (x - w * k - t * 0.3, h),
            (x + t * 0.18, top),
            (x - t * 0.82, top),
        ]
    ) + poly(
        [
            (x + w * k + t * 1.5, h),
            (x + w * k + t * 0.3, h),
            (x - t * 0.1, top + h * 0.16),
            (x + t * 0.72, top + h * 0.12),
        ],
        "a",
    )


def crowd(w: float, h: float, d: bytes) -> str:
    p, heads, k = w / 6, 6, d[2] % 5
    if w > WIDE * h:
        p = h * 0.3
        heads = round(w / p)
        k = heads // 3 + d[2] % (heads // 3)  # a narrow screen shows the middle
    out, row = "", 0
    y = h * 0.46
    while y < h + p:
        for i in range(-1, heads + 1):
            x = i * p + (row % 2) * p / 2 + p / 2
            lift = p * 0.9 if row == 0 and i == k else 0
            c = "a" if lift else "f"
            shoulders = f"a{num(p * 0.46)} {num(p * 0.42)} 0 0 1 {num(p * 0.92)} 0"
            out += disc(x, y - lift, p * 0.36, c)
            out += (
                f'<path class="{c}" d="M{num(x - p * 0.46)} {num(y + p * 1.1)}'
                f'v{num(-p * 0.2 - lift)}{shoulders}v{num(p * 0.2 + lift)}Z"/>'
            )
        y, row = y + p * 1.24, row + 1
    return out


# A published format, like the lists in title_cards.py: names may be added at the end.
MOTIFS = {
    "bars": bars,
    "arcs": arcs,
    "eclipse": eclipse,
    "open": opened,
    "ghosts": ghosts,
    "leader": leader,
    "alone": alone,
    "shards": shards,
    "steps": steps,
    "door": door,
    "growth": growth,
    "waves": waves,
    "windows": windows,
    "beam": beam,
    "mirror": mirror,
    "road": road,
    "missing": missing,
    "spiral": spiral,
    "balance": balance,
    "lean": lean,
    "crowd": crowd,
}
