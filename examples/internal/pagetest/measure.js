(() => {
	document.querySelectorAll("details").forEach(d => d.open = true);
	const wrong = [];
	const say = (what, e) => wrong.push(what + ": " + e.outerHTML.slice(0, 80));

	// Colours.
	const rgb = c => (c.match(/[\d.]+/g) || []).map(Number);
	const light = c => {
		const [r, g, b] = rgb(c).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b;
	};
	const behind = e => {
		for (; e; e = e.parentElement) {
			const c = getComputedStyle(e).backgroundColor;
			if (rgb(c)[3] !== 0) return c;
		}
		return "rgb(255, 255, 255)";
	};
	// A text in a chart stands on its rim, or else on the last shape that was
	// painted below its middle.
	const below = text => {
		const style = getComputedStyle(text), box = text.getBoundingClientRect(), svg = text.closest("svg");
		if (style.stroke !== "none") return style.stroke;
		const x = box.x + box.width / 2, y = box.y + box.height / 2;
		let ground = behind(svg);
		for (const shape of svg.querySelectorAll("path, rect, polygon")) {
			if (shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_PRECEDING) break;
			const fill = getComputedStyle(shape).fill, b = shape.getBoundingClientRect();
			if (fill !== "none" && rgb(fill)[3] !== 0 && b.left <= x && x <= b.right && b.top <= y && y <= b.bottom) ground = fill;
		}
		return ground;
	};
	const inks = e => e.matches("svg text") ? [getComputedStyle(e).fill, below(e)] : [getComputedStyle(e).color, behind(e)];

	// Layout.
	if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page is " + document.documentElement.scrollWidth + " wide");
	for (const e of document.querySelectorAll("body *")) {
		if (!e.checkVisibility() || e.matches(".skip, option")) continue;
		const box = e.getBoundingClientRect();
		if (e.matches("a, button, input:not([type=hidden]), select, summary") && (box.height < 24 || box.width < 24)) say("small, " + box.width + " x " + box.height, e);
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && !e.matches("input, select")) continue;
		const [a, b] = inks(e).map(light).sort((x, y) => y - x), contrast = (a + .05) / (b + .05);
		if (contrast < 4.5) say("contrast " + contrast.toFixed(2), e);
	}

	// Structure.
	let last = 0;
	for (const h of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
		const level = +h.tagName[1];
		if (level > last + 1) say("level " + level + " after " + last, h);
		last = level;
	}
	const ids = new Set();
	for (const e of document.querySelectorAll("[id]")) {
		if (ids.has(e.id)) say("a second #" + e.id, e);
		ids.add(e.id);
	}
	for (const th of document.querySelectorAll("th:not([scope])")) say("no scope", th);
	for (const e of document.querySelectorAll("*")) {
		if (/auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth && !(e.tabIndex >= 0 && e.getAttribute("aria-label"))) say("keys can't scroll it, or it has no name", e);
	}

	// Charts.
	const unit = /customer|order|attempt|session|member|point|term|event|visit|day|week|month|percent|%|share|currency|unit| per |TGI/i;
	for (const svg of document.querySelectorAll("svg")) {
		const figure = svg.closest("figure");
		if (svg.getAttribute("role") !== "img" || (svg.getAttribute("aria-label") || "").length < 20) say("no text in its place", svg);
		if (!figure || !figure.querySelector("figcaption strong")?.textContent.trim()) { say("no title", svg); continue; }
		if (!figure.querySelector("details table th[scope=row]")) say("no table of its numbers", svg);
		const words = [...svg.querySelectorAll("text")].map(t => t.textContent).join(" ") + " " + (figure.querySelector("figcaption span")?.textContent || "");
		if (!unit.test(words)) say("no unit", figure);
	}
	return wrong;
})()
